// Enqueue: how many events a second 1,000 callers at once bring into Redis, each awaiting its own event: the producer's
// group commit, and beside it BullMQ's `queue.add` for each event on the same Redis.

import { retentionPlan } from '@retention-relay/events'
import { createProducer } from '@retention-relay/producer'
import { QUEUE_NAME } from '@retention-relay/queue'
import { Queue } from 'bullmq'

import { callAtOnce } from './call-at-once.ts'
import type { EnqueueFigures } from './call-at-once.ts'
import type { Ground } from './drain.ts'
import { loadEvent } from './load.ts'

/** The producer's `track`. */
export async function measureEnqueue(
  ground: Ground,
  events: number,
  callers: number,
  trackingPlan: typeof retentionPlan = retentionPlan,
): Promise<EnqueueFigures> {
  await ground.client.flushall()
  const producer = await createProducer({
    namespace: 'bench',
    redis: `unix://${ground.socketPath}`,
    trackingPlan,
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
