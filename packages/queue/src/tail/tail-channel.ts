// The live view of a namespace: whoever looks asks for it with a key that expires, workers see the key with their next
// sign of life and publish what they do on a channel. While nobody looks nothing is published, and who stops looking
// need not say so. Nothing is stored: what nobody reads at that moment is not kept.

import type { JsonObject } from '@retention-relay/events'

import type { RedisClient } from '../connection/client.ts'
import { namespaceKeys } from '../keys.ts'

/** How long workers publish after they were asked, in milliseconds. */
export const TAIL_ASKED_MS = 10_000

/** What happened to one event. */
export interface TailLine {
  /** `accepted`: a worker has read it from the queue. */
  readonly what: 'accepted' | 'delivered' | 'dead'
  /** Milliseconds since 1970. */
  readonly at: number
  readonly worker: string
  readonly id: string
  /** `***` and a short hash where it is an e-mail address or a phone number. */
  readonly customerId: string
  /** The event's name or kind. */
  readonly label: string
  /** Milliseconds since 1970. */
  readonly occurredAt: number
  /** Its content, personal fields masked. */
  readonly content: JsonObject
  /** Of a dead letter. */
  readonly reason?: string
  /** Of a dead letter: what was wrong. */
  readonly message?: string
}

/** Lines of one worker, and how many it left out since the last ones. */
export interface TailMessage {
  readonly lines: readonly TailLine[]
  readonly skipped: number
}

/** Asks the workers to publish for `TAIL_ASKED_MS` from now on. */
export async function askForTail(client: RedisClient, namespace: string): Promise<void> {
  await client.set(namespaceKeys(namespace).tail, '1', 'PX', TAIL_ASKED_MS)
}

/** Publishes lines to whoever looks at this moment. */
export async function publishTail(
  client: RedisClient,
  namespace: string,
  message: TailMessage,
): Promise<void> {
  await client.publish(namespaceKeys(namespace).tail, JSON.stringify(message))
}

/** Calls `onMessage` for what is published from now on. `client` can do nothing else afterwards. */
export async function subscribeToTail(
  client: RedisClient,
  namespace: string,
  onMessage: (message: TailMessage) => void,
): Promise<void> {
  client.on('message', (_channel: string, text: string) => {
    onMessage(JSON.parse(text) as TailMessage)
  })
  await client.subscribe(namespaceKeys(namespace).tail)
}
