// `npm start -- --once`: sends a number of events, waits until every one is settled, and holds what arrived against what
// was sent.

import type { EnqueueInput } from '@retention-relay/producer'
import type { retentionPlan } from '@retention-relay/events'

import { checkDeliveries } from './check-deliveries.ts'
import type { SentEvent } from './check-deliveries.ts'
import { deliverLeftOver } from './left-over.ts'
import type { Printer } from './printer.ts'
import { untilAborted } from './until-aborted.ts'
import type { Stage } from './stage.ts'
import type { Counts } from './tally.ts'

type Input = EnqueueInput<typeof retentionPlan>

/** Events that are handed to the producer in one call. */
const CHUNK = 500

/** The summary, also the JSON of --json. */
export interface Summary {
  readonly accepted: number
  readonly delivered: number
  readonly duplicate: number
  /** Not sent, since an order came first. */
  readonly superseded: number
  /** Dead letters of all other reasons. */
  readonly dead: number
  readonly inversions: number
  readonly doubled: number
  readonly eventsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** What a run came to. */
export interface OnceResult {
  readonly summary: Summary
  /** Events that the producer refused, for what they are. */
  readonly refused: number
  /** The counts add up and everything arrived once and in order. */
  readonly good: boolean
}

/** Sends the events and waits. Null when the signal aborted first: what Redis has stored is delivered by the next run. */
export async function runOnce(
  stage: Stage,
  events: Iterable<Input> | AsyncIterable<Input>,
  printer: Printer,
  stop: AbortSignal,
): Promise<OnceResult | null> {
  const { tally, mock } = stage
  await deliverLeftOver(stage, printer, stop)
  tally.reset()
  mock?.reset()
  const started = performance.now()
  const { sent, refused } = await send(stage, events, printer, stop)
  await Promise.race([tally.untilSettled(sent.length), untilAborted(stop)])
  if (stop.aborted) return interrupted(sent.length, printer)
  const seconds = (performance.now() - started) / 1000
  const check =
    mock === null
      ? { inversions: 0, doubled: 0, missing: undelivered(tally.counts) }
      : checkDeliveries(sent, applied(stage))
  const summary: Summary = {
    accepted: sent.length,
    ...tally.counts,
    inversions: check.inversions,
    doubled: check.doubled,
    eventsPerSecond: Math.round(sent.length / seconds),
    p50Ms: tally.latencyMs(0.5),
    p99Ms: tally.latencyMs(0.99),
  }
  return { summary, refused, good: refused === 0 && addsUp(summary, check.missing) }
}

function interrupted(accepted: number, printer: Printer): null {
  printer.line(
    `Interrupted: ${accepted} accepted. What is not delivered yet waits in Redis for the next start.`,
  )
  return null
}

function addsUp(summary: Summary, missing: number): boolean {
  const { accepted, delivered, inversions, doubled } = summary
  return (
    accepted === delivered + undelivered(summary) &&
    missing === undelivered(summary) &&
    inversions === 0 &&
    doubled === 0
  )
}

function undelivered({ duplicate, superseded, dead }: Counts): number {
  return duplicate + superseded + dead
}

function applied({ mock }: Stage): ReturnType<NonNullable<Stage['mock']>['received']> {
  return mock!.received().filter(({ duplicate }) => !duplicate)
}

async function send(
  stage: Stage,
  events: Iterable<Input> | AsyncIterable<Input>,
  printer: Printer,
  stop: AbortSignal,
): Promise<{ sent: SentEvent[]; refused: number }> {
  const sent: SentEvent[] = []
  let refused = 0
  let chunk: Input[] = []
  const flush = async (): Promise<void> => {
    const inputs = chunk
    chunk = []
    const results = await stage.producer.enqueue(inputs)
    results.forEach((result, index) => {
      const { customerId, op } = inputs[index]!
      if (result.ok) {
        sent.push({ customerId, op, id: result.receipt.id })
        return
      }
      refused += 1
      if (refused <= 10) printer.line(`refused: ${result.error.code}: ${result.error.message}`)
    })
  }
  for await (const event of events) {
    if (stop.aborted) break
    if (chunk.push(event) >= CHUNK) await flush()
  }
  await flush()
  return { sent, refused }
}
