// relay send [FILE]: events from a file or from standard input, one JSON object per line, through the producer that
// services use.

import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import type { TrackingPlan } from '@retention-relay/events'
import { createProducer } from '@retention-relay/producer'
import type { EnqueueInput, Producer } from '@retention-relay/producer'

import { CliError } from '../cli-error.ts'
import { CLI_SERVICE } from '../cli-service.ts'
import { EXIT } from '../exit-codes.ts'
import { formatCount, formatCountOf, formatDuration } from '../output/format.ts'
import { findPlan } from '../plan-place.ts'
import { Progress } from '../send/progress.ts'
import { Rejects } from '../send/rejects.ts'
import { SendRun } from '../send/send-run.ts'
import type { SendEnd, SendResult } from '../send/send-run.ts'
import { openSource, readSource } from '../send/source.ts'
import type { Source } from '../send/source.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG, NAMESPACE_FLAG, PLAN_FLAG, valueOf } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'
import { withRelay } from '../with-relay.ts'

const DEFAULT_RETRY_S = 60

/** The verb. */
export const sendVerb: Verb = {
  name: 'send',
  positionals: ['[FILE]'],
  flags: [
    JSON_FLAG,
    NAMESPACE_FLAG,
    PLAN_FLAG,
    {
      name: 'rejects',
      value: 'FILE',
      summary: 'Write every line that was not accepted to this file, which is overwritten.',
    },
    {
      name: 'retry-for',
      value: 'SECONDS',
      summary: `How long to go on while Redis accepts nothing. Default ${DEFAULT_RETRY_S}.`,
    },
  ],
  summary: 'Send events from a file or from standard input, one JSON object per line.',
  run: send,
}

/** What was sent, and how long it took. */
interface Summary extends SendResult {
  readonly namespace: string
  readonly durationMs: number
  readonly eventsPerSecond: number
}

const EXITS: Record<SendEnd, number> = {
  complete: EXIT.ok,
  redis: EXIT.redis,
  interrupted: EXIT.interrupted,
}

async function send(args: Arguments, surroundings: Surroundings): Promise<number> {
  const retryForMs = readRetry(valueOf(args, 'retry-for') ?? String(DEFAULT_RETRY_S))
  const rejectsPath = valueOf(args, 'rejects')
  const trackingPlan = await findPlan(args, surroundings.env)
  const source = await openSource(args.positionals[0], surroundings.stdin)
  try {
    assertOtherFile(source, rejectsPath)
    const summary = await withRelay(args, surroundings, async ({ namespace, redisUrl }) => {
      const producer = await createProducer({
        namespace,
        redis: redisUrl,
        service: CLI_SERVICE,
        trackingPlan,
      })
      try {
        const parts = { producer, source, rejectsPath, retryForMs, surroundings }
        return { namespace, ...(await sendAll(parts)) }
      } finally {
        await producer.close()
      }
    })
    return report(summary, args, surroundings)
  } finally {
    source.stream.destroy()
  }
}

interface SendAllParts {
  readonly producer: Producer<TrackingPlan>
  readonly source: Source
  readonly rejectsPath: string | undefined
  readonly retryForMs: number
  readonly surroundings: Surroundings
}

async function sendAll(parts: SendAllParts): Promise<Omit<Summary, 'namespace'>> {
  const { producer, source, rejectsPath, retryForMs, surroundings } = parts
  const monotonicMs = (): number => performance.now()
  const progress = new Progress(surroundings.err, source.totalBytes, monotonicMs)
  const rejects = new Rejects((line) => progress.say(line), rejectsPath)
  const run = new SendRun({
    // The producer checks every field itself.
    enqueue: async (events) => producer.enqueue(events as unknown as EnqueueInput<TrackingPlan>[]),
    rejects,
    progress: (facts) => progress.update(facts),
    stopReading: () => source.stream.destroy(),
    retryForMs,
    monotonicMs,
    pause,
  })
  const interrupt = (): void => run.stop('interrupted')
  surroundings.stop.addEventListener('abort', interrupt)
  if (surroundings.stop.aborted) interrupt()
  const startedMs = monotonicMs()
  try {
    const result = await run.run(readSource(source))
    const durationMs = Math.round(monotonicMs() - startedMs)
    const eventsPerSecond = Math.round((result.accepted * 1000) / Math.max(1, durationMs))
    return { ...result, durationMs, eventsPerSecond }
  } finally {
    surroundings.stop.removeEventListener('abort', interrupt)
    progress.clear()
    await rejects.close()
  }
}

function report(summary: Summary, args: Arguments, { out, err }: Surroundings): number {
  const { end, lines, accepted, rejected, lastLine, durationMs, eventsPerSecond } = summary
  if (args.flags['json'] === true) writeJson(out, summary)
  else {
    const counts = `${formatCount(accepted)} accepted, ${formatCount(rejected)} rejected`
    const speed = `${formatDuration(durationMs)} (${formatCount(eventsPerSecond)}/s)`
    out.write(`${formatCountOf(lines, 'line')}: ${counts}, in ${speed}\n`)
  }
  if (end !== 'complete') err.write(`relay: ${endText(end)} Stopped after line ${lastLine}.\n`)
  return end === 'complete' && rejected > 0 ? EXIT.wrong : EXITS[end]
}

function endText(end: Exclude<SendEnd, 'complete'>): string {
  return end === 'interrupted'
    ? 'Interrupted.'
    : 'Redis accepted nothing for too long: start it and go on.'
}

function readRetry(text: string): number {
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (seconds >= 1) return seconds * 1000
  throw new CliError('usage', '--retry-for must be a whole number of seconds, 1 or more.')
}

/** Opening the file of the rejects would empty the input. */
function assertOtherFile({ path }: Source, rejectsPath: string | undefined): void {
  if (path === undefined || rejectsPath === undefined) return
  const target = resolve(rejectsPath)
  if (!existsSync(target) || realpathSync(target) !== realpathSync(path)) return
  throw new CliError('usage', '--rejects names the input itself. Give another file.')
}
