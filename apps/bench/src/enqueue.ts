// Enqueue: how many events a second 1,000 callers at once bring into Redis, each awaiting its own event: the producer's
// group commit, and beside it BullMQ's `queue.add` for each event on the same Redis.

import { createProducer } from '@retention-relay/producer'
import { QUEUE_NAME } from '@retention-relay/queue'
import { Queue } from 'bullmq'

import type { Ground } from './drain.ts'
import { loadEvent } from './load.ts'

/** Rate and waits of one measurement. */
export interface EnqueueFigures {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** The producer's `track`. */
export async function measureEnqueue(
  ground: Ground,
  events: number,
  callers: number,
): Promise<EnqueueFigures> {
  await ground.client.flushall()
  const producer = await createProducer({
    namespace: 'bench',
    redis: `unix://${ground.socketPath}`,
  })
  const figures = await callAtOnce(events, callers, async (number) => {
    const { customerId, event } = loadEvent(number)
    await producer.track(customerId, event)
  })
  await producer.close()
  return figures
}

/** BullMQ's `queue.add`, one job an event. */
export async function measureStockEnqueue(
  ground: Ground,
  events: number,
  callers: number,
): Promise<EnqueueFigures> {
  await ground.client.flushall()
  const queue = new Queue(QUEUE_NAME, { prefix: '{stock}', connection: ground.client })
  await queue.waitUntilReady()
  return await callAtOnce(events, callers, async (number) => {
    await queue.add('event', loadEvent(number))
  })
}

async function callAtOnce(
  events: number,
  callers: number,
  call: (number: number) => Promise<void>,
): Promise<EnqueueFigures> {
  const waitsMs: number[] = []
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < events) {
      const number = next
      next += 1
      const startedMs = performance.now()
      await call(number)
      waitsMs.push(performance.now() - startedMs)
    }
  }
  const startedMs = performance.now()
  await Promise.all(Array.from({ length: callers }, caller))
  const seconds = (performance.now() - startedMs) / 1000
  const sorted = waitsMs.toSorted((one, other) => one - other)
  const at = (part: number): number =>
    Math.round((sorted[Math.floor(sorted.length * part)] ?? 0) * 10) / 10
  return { perSecond: Math.round(events / seconds), p50Ms: at(0.5), p99Ms: at(0.99) }
}
