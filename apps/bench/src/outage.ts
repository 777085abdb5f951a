// Outage: the destination is out while a million events come in. How large the worker grows, whether anything dies, and
// how the backlog leaves when the destination is back: in order, at the allowed rate.

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { createProducer } from '@retention-relay/producer'
import { openNamespace, partitionKeys } from '@retention-relay/queue'
import type { OpenNamespace } from '@retention-relay/queue'
import { startProcess } from '@retention-relay/testkit'
import type { TestProcess } from '@retention-relay/testkit'
import type { Redis } from 'ioredis'

import { callAtOnce } from './call-at-once.ts'
import type { Ground } from './drain.ts'
import { readDelivered, startWorker } from './drain.ts'
import { CUSTOMERS, loadEvent } from './load.ts'
import { measureProgress } from './measure-progress.ts'

const RECEIVER = fileURLToPath(new URL('outage-receiver-process.js', import.meta.url))
const NAMESPACE = 'bench'
const CALLERS = 1000
/** The worker's default, in requests per second. */
const RATE_LIMIT = 100

/** What was seen. */
export interface OutageFigures {
  readonly events: number
  readonly customers: number
  readonly outageSeconds: number
  readonly requestsDuringOutage: number
  readonly drainSeconds: number
  readonly drainPerSecond: number
  readonly rateLimit: number
  readonly mostRequestsInASecond: number
  readonly delivered: number
  readonly deadLetters: number
  readonly repeated: number
  readonly inversions: number
  readonly workerPeakRssMb: number
}

interface Facts {
  readonly refused: number
  readonly events: number
  readonly repeated: number
  readonly inversions: number
  readonly mostPerSecond: number
}

/** `events` come in during an outage of at least `outageSeconds`. */
export async function measureOutage(
  ground: Ground,
  events: number,
  outageSeconds: number,
): Promise<OutageFigures> {
  const { client, onEnd } = ground
  await client.flushall()
  const namespace = await openNamespace(client, { namespace: NAMESPACE })
  const receiver = startProcess({ script: RECEIVER, onEnd })
  const [, port = ''] = await receiver.waitForLine(/^port (\d+)$/)
  const url = `http://127.0.0.1:${port}`
  const worker = startWorker(ground, url, RATE_LIMIT)
  const startedMs = performance.now()
  await enqueue(ground, events)
  await new Promise((resolve) => {
    setTimeout(resolve, startedMs + outageSeconds * 1000 - performance.now())
  })
  const outMs = performance.now() - startedMs
  await fetch(`${url}/end-of-outage`, { method: 'POST' })
  const progress = await measureProgress(events, () => readDelivered(client, namespace))
  const facts = (await (await fetch(`${url}/facts`)).json()) as Facts
  const workerPeakRssMb = await peakRssMb(worker)
  await worker.kill('SIGTERM')
  await receiver.kill('SIGTERM')
  return {
    events,
    customers: CUSTOMERS,
    outageSeconds: Math.round(outMs / 1000),
    requestsDuringOutage: facts.refused,
    drainSeconds: Math.round(progress.seconds * 10) / 10,
    drainPerSecond: progress.perSecond,
    rateLimit: RATE_LIMIT,
    mostRequestsInASecond: facts.mostPerSecond,
    delivered: await readDelivered(client, namespace),
    deadLetters: await readDeadLetters(client, namespace),
    repeated: facts.repeated,
    inversions: facts.inversions,
    workerPeakRssMb,
  }
}

/** Numbered events: those of one customer are called in the order of their numbers. */
async function enqueue(ground: Ground, events: number): Promise<void> {
  const producer = await createProducer({
    namespace: NAMESPACE,
    redis: `unix://${ground.socketPath}`,
  })
  await callAtOnce(events, CALLERS, async (number) => {
    const { customerId, event } = loadEvent(number)
    const data = { ...event.data, product_id: String(number) }
    await producer.track(customerId, { ...event, data })
  })
  await producer.close()
}

async function readDeadLetters(client: Redis, namespace: OpenNamespace): Promise<number> {
  let letters = 0
  for (let partition = 0; partition < namespace.partitions; partition += 1) {
    letters += await client.zcard(partitionKeys({ ...namespace, partition }).dead)
  }
  return letters
}

/** The kernel's own account of the largest resident set; Linux only. */
async function peakRssMb({ pid }: TestProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const [, kilobytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(status) ?? []
  return Math.round(Number(kilobytes) / 1024)
}
