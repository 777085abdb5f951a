// Away: Redis is stopped under a producer whose service goes on calling, and comes back on its data after minutes. What
// the callers are told meanwhile, how large the producer's process grows, how soon it goes on by itself, and whether
// what was acknowledged is in Redis, each event once.
//
// The producer may hold a thousand events, a tenth of the default: the memory that it stands for (docs/limits.md: that many
// of the largest events) is little enough to show a leak, and with more callers than that the bound is met. Not in every
// run: a partition with a commit of unknown fate refuses its calls at once, and where most have one too few calls wait.

import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { LIMITS } from '@retention-relay/events'
import { openNamespace } from '@retention-relay/queue'
import { peakRssMb, startProcess, startTestRedis } from '@retention-relay/testkit'
import type { TestEnd, TestProcess, TestRedis } from '@retention-relay/testkit'
import { Redis } from 'ioredis'

import { awayFaults, countEvents } from './away-faults.ts'
import type { AwayCount } from './away-faults.ts'
import type { AwayFacts } from './away-producer-process.ts'
import { roundTo } from './round-to.ts'
import { stamp } from './stamp.ts'
import type { Stamp } from './stamp.ts'
import { storedIds } from './stored-ids.ts'

const PRODUCER = fileURLToPath(new URL('away-producer-process.js', import.meta.url))
const NAMESPACE = 'bench'
const MAX_PENDING_EVENTS = 1000
/** What the most events that may wait take, if each is as large as an event can be. */
const BOUND_MB = Math.floor((MAX_PENDING_EVENTS * LIMITS.operationBytes) / 2 ** 20)
/** For how long the load runs before Redis is stopped. */
const BEFORE_MS = 5000
/** From the return of Redis to the last acknowledgement, at most. */
const RETURN_MS = 60_000

/** What was seen. */
export interface AwayFigures extends Stamp, AwayCount {
  /** From the end of Redis to its first answer. */
  readonly secondsAway: number
  readonly calls: number
  /** Calls that were not acknowledged, by the error's code. */
  readonly refused: Readonly<Record<string, number>>
  readonly longestCallMs: number
  /** Events of the load for which no caller was free. */
  readonly turnedAway: number
  readonly maxPendingEvents: number
  /** Largest resident set of the producer's process: before Redis was stopped, and in all. */
  readonly peakRssBeforeMb: number
  readonly peakRssMb: number
  /** What is left after a collection: before Redis was stopped, and at the end of the time without it. */
  readonly heldBeforeMb: number
  readonly heldAwayMb: number
  readonly heldGrowthBoundMb: number
  /** Events that waited when Redis came back. */
  readonly waiting: number
  /** From the return of Redis. */
  readonly firstAcknowledgedMs: number
  readonly lastWaitingAcknowledgedMs: number
  /** Each in a sentence; none when all is well. */
  readonly faults: readonly string[]
}

/** Redis is away for `seconds`. */
export async function measureAway(onEnd: TestEnd, seconds: number): Promise<AwayFigures> {
  const redis = await startTestRedis({ onEnd })
  const args = [redis.socketPath, NAMESPACE, String(MAX_PENDING_EVENTS)]
  const producer = startProcess({ script: PRODUCER, args, nodeArgs: ['--expose-gc'], onEnd })
  await producer.waitForLine(/^begun$/)
  await delay(BEFORE_MS)
  const peakRssBeforeMb = peakRssMb(producer.pid)
  await redis.kill('SIGTERM')
  const endedAt = Date.now()
  await delay(seconds * 1000)
  // Before the start: the first acknowledgement may come before Redis has answered us.
  producer.stdin.write('return\n')
  await redis.restart()
  const returnedAt = Date.now()
  const facts = await readFacts(producer)
  const peakMb = peakRssMb(producer.pid)
  await producer.kill('SIGTERM')
  const count = countEvents(facts, await readStored(redis))
  const growth = {
    grownMb: roundTo(facts.heldAwayMb - facts.heldBeforeMb, 1),
    boundMb: BOUND_MB,
  }
  return {
    ...stamp(),
    secondsAway: roundTo((returnedAt - endedAt) / 1000, 1),
    calls: facts.calls,
    refused: facts.refused,
    longestCallMs: facts.longestCallMs,
    turnedAway: facts.turnedAway,
    maxPendingEvents: MAX_PENDING_EVENTS,
    peakRssBeforeMb,
    peakRssMb: peakMb,
    heldBeforeMb: facts.heldBeforeMb,
    heldAwayMb: facts.heldAwayMb,
    heldGrowthBoundMb: BOUND_MB,
    waiting: facts.waiting,
    firstAcknowledgedMs: Math.max(0, facts.firstAcknowledgedAt - returnedAt),
    lastWaitingAcknowledgedMs: Math.max(0, facts.lastWaitingAcknowledgedAt - returnedAt),
    ...count,
    faults: awayFaults(count, growth),
  }
}

async function readFacts(producer: TestProcess): Promise<AwayFacts> {
  const [, text = ''] = await producer.waitForLine(/^facts (.*)$/, { timeoutMs: RETURN_MS })
  return JSON.parse(text) as AwayFacts
}

async function readStored({ socketPath }: TestRedis): Promise<ReadonlyMap<string, number>> {
  const client = new Redis(socketPath)
  try {
    return await storedIds(client, await openNamespace(client, { namespace: NAMESPACE }))
  } finally {
    client.disconnect()
  }
}
