// Live events: those of other customers, sent one after the other while the backlog leaves. The number of each is the
// moment of its call, so that the receiver can tell how long it took, and whether a customer's came in order.

import { setTimeout as delay } from 'node:timers/promises'

import type { Producer, retentionPlan } from '@retention-relay/producer'

import { loadEvent } from './load.ts'

/** Begins the id of a customer of live events. */
export const LIVE_PREFIX = 'live_'

const CUSTOMERS = 200
const EVERY_MS = 25

/** Sends until `end` aborts; resolves with how many were acknowledged. */
export async function sendLiveEvents(
  producer: Producer<typeof retentionPlan>,
  end: AbortSignal,
): Promise<number> {
  let sent = 0
  while (!end.aborted) {
    const { event } = loadEvent(sent)
    const data = { ...event.data, product_id: String(Date.now()) }
    await producer.track(`${LIVE_PREFIX}${sent % CUSTOMERS}`, { ...event, data })
    sent += 1
    await delay(EVERY_MS)
  }
  return sent
}
