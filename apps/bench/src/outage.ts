// Outage: the destination is out while a million events come in. How large the worker grows, whether anything dies, and
// how the backlog leaves when the destination is back: in order, at the allowed rate, with live events of other customers
// beside it.

import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { createProducer } from '@retention-relay/producer'
import type { Producer, retentionPlan } from '@retention-relay/producer'
import { openNamespace, partitionKeys } from '@retention-relay/queue'
import type { OpenNamespace } from '@retention-relay/queue'
import { mostRequests, peakRssMb, startProcess } from '@retention-relay/testkit'
import type { Redis } from 'ioredis'

import { callAtOnce } from './call-at-once.ts'
import type { Ground } from './drain.ts'
import { startWorker } from './drain.ts'
import { CUSTOMERS, loadEvent } from './load.ts'
import { measureProgress } from './measure-progress.ts'
import type { OutageFacts } from './outage-facts.ts'
import { sendLiveEvents } from './outage-live.ts'
import { roundTo } from './round-to.ts'

const RECEIVER = fileURLToPath(new URL('outage-receiver-process.js', import.meta.url))
const NAMESPACE = 'bench'
const CALLERS = 1000
/** The worker's default, in requests per second. */
const RATE_LIMIT = 100
const MOST_IN_A_SECOND = Math.floor(mostRequests(RATE_LIMIT, 1))

/** What was seen. What was delivered is what the receiver saw; dead letters are the relay's own. */
export interface OutageFigures {
  readonly events: number
  readonly customers: number
  readonly outageSeconds: number
  readonly requestsDuringOutage: number
  readonly drainSeconds: number
  readonly drainPerSecond: number
  readonly rateLimit: number
  readonly mostRequestsInASecond: number
  /** Most that the relay promises: a tenth more than the limit, and one for each worker. */
  readonly mostAllowedInASecond: number
  readonly withinRateLimit: boolean
  readonly requestsInFirstSeconds: readonly number[]
  /** Distinct events of the backlog. */
  readonly delivered: number
  readonly liveEvents: number
  readonly liveDelivered: number
  /** From the call to the request that carried it. */
  readonly liveP50Ms: number
  readonly liveP99Ms: number
  readonly deadLetters: number
  readonly repeated: number
  readonly inversions: number
  readonly workerPeakRssMb: number
}

/** `events` come in during an outage of at least `outageSeconds`; live ones of other customers while they leave. */
export async function measureOutage(
  ground: Ground,
  events: number,
  outageSeconds: number,
): Promise<OutageFigures> {
  const { client, onEnd, socketPath } = ground
  await client.flushall()
  const namespace = await openNamespace(client, { namespace: NAMESPACE })
  const receiver = startProcess({ script: RECEIVER, onEnd })
  const [, port = ''] = await receiver.waitForLine(/^port (\d+)$/)
  const url = `http://127.0.0.1:${port}`
  const worker = startWorker(ground, url, RATE_LIMIT)
  const producer = await createProducer({ namespace: NAMESPACE, redis: `unix://${socketPath}` })
  const startedMs = performance.now()
  await enqueue(producer, events)
  await delay(Math.max(0, startedMs + outageSeconds * 1000 - performance.now()))
  const outMs = performance.now() - startedMs
  await fetch(`${url}/end-of-outage`, { method: 'POST' })
  const end = new AbortController()
  const live = sendLiveEvents(producer, end.signal)
  const progress = await measureProgress(events, async () => (await readFacts(url)).backlog)
  end.abort()
  const liveEvents = await live
  await measureProgress(liveEvents, async () => (await readFacts(url)).live)
  const facts = await readFacts(url)
  const workerPeakRssMb = peakRssMb(worker.pid)
  await producer.close()
  await worker.kill('SIGTERM')
  await receiver.kill('SIGTERM')
  return {
    events,
    customers: CUSTOMERS,
    outageSeconds: Math.round(outMs / 1000),
    requestsDuringOutage: facts.refused,
    drainSeconds: roundTo(progress.seconds, 1),
    drainPerSecond: progress.perSecond,
    rateLimit: RATE_LIMIT,
    mostRequestsInASecond: facts.mostPerSecond,
    mostAllowedInASecond: MOST_IN_A_SECOND,
    withinRateLimit: facts.mostPerSecond <= MOST_IN_A_SECOND,
    requestsInFirstSeconds: facts.firstSeconds,
    delivered: facts.backlog,
    liveEvents,
    liveDelivered: facts.live,
    liveP50Ms: facts.liveP50Ms,
    liveP99Ms: facts.liveP99Ms,
    deadLetters: await readDeadLetters(client, namespace),
    repeated: facts.repeated,
    inversions: facts.inversions,
    workerPeakRssMb,
  }
}

async function readFacts(url: string): Promise<OutageFacts> {
  return (await (await fetch(`${url}/facts`)).json()) as OutageFacts
}

/** Numbered events: those of one customer are called in the order of their numbers. */
async function enqueue(producer: Producer<typeof retentionPlan>, events: number): Promise<void> {
  await callAtOnce(events, CALLERS, async (number) => {
    const { customerId, event } = loadEvent(number)
    const data = { ...event.data, product_id: String(number) }
    await producer.track(customerId, { ...event, data })
  })
}

async function readDeadLetters(client: Redis, namespace: OpenNamespace): Promise<number> {
  let letters = 0
  for (let partition = 0; partition < namespace.partitions; partition += 1) {
    letters += await client.zcard(partitionKeys({ ...namespace, partition }).dead)
  }
  return letters
}
