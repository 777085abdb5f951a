// `npm start`. Exit codes: 0 good, 1 something was lost, doubled, out of order or refused, 2 a wrong command line, 78 a
// wrong configuration or no Redis to be had.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

import { RelayError } from '@retention-relay/events'
import { RedisNotFoundError, RedisStartError, withLock } from '@retention-relay/local-redis'

import type { Arguments } from './arguments.ts'
import { HELP, readArguments, UsageError } from './arguments.ts'
import { runLive } from './live.ts'
import { runOnce } from './once.ts'
import type { OnceResult } from './once.ts'
import { Printer } from './printer.ts'
import { FILE_SERVICE, readEvents } from './read-file.ts'
import { dataFolder } from './repository.ts'
import { sampleShop, SHOP_SERVICE } from './sample-shop.ts'
import { openStage } from './stage.ts'
import type { Stage } from './stage.ts'

const EXIT_USAGE = 2
const EXIT_CONFIG = 78

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  const printer = new Printer(argv.includes('--json') ? process.stderr : process.stdout)
  try {
    const asked = readArguments(argv)
    if (asked.help) {
      process.stdout.write(HELP)
      return 0
    }
    return await withLock(
      join(dataFolder(process.env), 'start.lock'),
      async () => await run(asked, printer),
      () => {
        printer.line(
          'npm start runs already in this data folder; waiting for it to end. Ctrl-C, and RELAY_DATA_DIR=DIR for a second one.',
        )
      },
    )
  } catch (error) {
    return complain(error)
  }
}

function complain(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`)
    return EXIT_USAGE
  }
  const isExpected =
    error instanceof RelayError ||
    error instanceof RedisNotFoundError ||
    error instanceof RedisStartError
  if (!isExpected) throw error
  process.stderr.write(`${error.message}\n`)
  return EXIT_CONFIG
}

async function run(asked: Arguments, printer: Printer): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const service = asked.file === undefined ? SHOP_SERVICE : FILE_SERVICE
  const stage = await openStage(process.env, printer, service)
  const runName = randomBytes(4).toString('hex')
  try {
    if (asked.once) return await once(stage, asked, runName, printer, stop.signal)
    await runLive(stage, runName, printer, stop.signal)
  } finally {
    await stage.close()
  }
  const { delivered, duplicate, dead } = stage.tally.counts
  printer.line(`Stopped. ${delivered} delivered, ${duplicate} duplicate, ${dead} dead.`)
  return 0
}

async function once(
  stage: Stage,
  asked: Arguments,
  runName: string,
  printer: Printer,
  stop: AbortSignal,
): Promise<number> {
  const events =
    asked.file === undefined
      ? take(sampleShop({ run: runName }), asked.events)
      : readEvents(asked.file)
  const result = await runOnce(stage, events, printer, stop)
  if (result === null) return 1
  printSummary(result, printer)
  if (asked.json) process.stdout.write(`${JSON.stringify(result.summary)}\n`)
  return result.good ? 0 : 1
}

function printSummary({ summary, refused, good }: OnceResult, printer: Printer): void {
  const {
    accepted,
    delivered,
    duplicate,
    superseded,
    dead,
    inversions,
    doubled,
    eventsPerSecond,
    p50Ms,
    p99Ms,
  } = summary
  printer.line(
    `${accepted} accepted = ${delivered} delivered + ${duplicate} duplicate + ${superseded} superseded by their order + ${dead} dead; ${refused} refused`,
  )
  printer.line(
    `${inversions} out of order, ${doubled} doubled; ${eventsPerSecond} events/s; enqueue to delivered p50 ${p50Ms} ms, p99 ${p99Ms} ms`,
  )
  printer.line(
    good ? 'Everything arrived once and in order.' : 'SOMETHING IS WRONG: see the counts above.',
  )
}

function* take<Entry>(source: Iterator<Entry>, count: number): Generator<Entry> {
  for (let taken = 0; taken < count; taken += 1) {
    const next = source.next()
    if (next.done === true) return
    yield next.value
  }
}
