// `npm start` without --once: the sample shop produces a gentle stream until Ctrl-C, with one line that tells how it goes.
// Against Customer.io itself the shop is closed: only the worker runs.

import type { EnqueueInput } from '@retention-relay/producer'
import type { retentionPlan } from '@retention-relay/events'

import type { Printer } from './printer.ts'
import { refusedOrder, sampleShop } from './sample-shop.ts'
import type { Stage } from './stage.ts'

/** Events per second of the sample shop. */
const PER_SECOND = 20
/** The order that the mock refuses is the n-th event. */
const REFUSED_AT = 30
/** Between two live lines, in milliseconds; on a pipe between two plain lines. */
const LIVE_MS = 1000
const PLAIN_MS = 10_000

/** Runs until the signal aborts. */
export async function runLive(
  stage: Stage,
  run: string,
  printer: Printer,
  stop: AbortSignal,
): Promise<void> {
  printAddresses(stage, printer)
  await Promise.all([
    stage.mock === null ? Promise.resolve() : keepShop(stage, run, printer, stop),
    keepLine(stage, printer, stop),
  ])
}

function printAddresses({ worker, mock, namespace }: Stage, printer: Printer): void {
  printer.line('')
  printer.line(`Metrics      http://127.0.0.1:${worker.httpPort}/metrics`)
  printer.line(`Health       http://127.0.0.1:${worker.httpPort}/health/ready`)
  if (mock !== null) printer.line(`What arrived ${mock.url}/`)
  printer.line(`Status       npm run relay -- status --namespace ${namespace}`)
  printer.line('Stop         Ctrl-C')
  printer.line('')
}

async function keepShop(
  stage: Stage,
  run: string,
  printer: Printer,
  stop: AbortSignal,
): Promise<void> {
  const shop = sampleShop({ run })
  for (let count = 1; !stop.aborted; count += 1) {
    await place(stage, shop.next().value, printer)
    if (count === REFUSED_AT) await placeRefused(stage, run, printer)
    await pause(1000 / PER_SECOND, stop)
  }
}

async function placeRefused(stage: Stage, run: string, printer: Printer): Promise<void> {
  const id = await place(stage, refusedOrder(run), printer)
  if (id === null) return
  printer.line(
    `The mock refuses one order on purpose, so there is a dead letter. See it, and send it again:`,
  )
  printer.line(`  npm run relay -- dead show ${id}`)
  printer.line(`  npm run relay -- dead replay ${id}`)
}

async function place(
  stage: Stage,
  event: EnqueueInput<typeof retentionPlan>,
  printer: Printer,
): Promise<string | null> {
  const [result] = await stage.producer.enqueue([event])
  if (result?.ok === true) return result.receipt.id
  if (result !== undefined) printer.line(`refused: ${result.error.code}: ${result.error.message}`)
  return null
}

async function keepLine(stage: Stage, printer: Printer, stop: AbortSignal): Promise<void> {
  const everyMs = printer.isTerminal ? LIVE_MS : PLAIN_MS
  let [before, beforeMs] = [stage.tally.settled, performance.now()]
  while (!stop.aborted) {
    await pause(everyMs, stop)
    const now = performance.now()
    const perSecond = ((stage.tally.settled - before) * 1000) / (now - beforeMs)
    ;[before, beforeMs] = [stage.tally.settled, now]
    printer.live(await describe(stage, perSecond))
  }
}

async function describe(stage: Stage, perSecond: number): Promise<string> {
  const { delivered, dead } = stage.tally.counts
  const backlog = await stage.backlog()
  const rest =
    backlog === null
      ? 'Redis does not answer'
      : `${backlog.pending} pending  oldest ${(backlog.oldestAgeMs / 1000).toFixed(1)} s`
  return `${perSecond.toFixed(0)} events/s  ${delivered} delivered  ${dead} dead  ${rest}`
}

async function pause(delayMs: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer)
      stop.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, delayMs)
    stop.addEventListener('abort', finish)
  })
}
