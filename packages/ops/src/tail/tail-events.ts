// The live view for a person: asks the workers again and again while somebody looks, and hands over what they publish.

import { setInterval } from 'node:timers/promises'

import {
  askForTail,
  closeRedisClient,
  createRedisClient,
  readNamespace,
  subscribeToTail,
  TAIL_ASKED_MS,
} from '@retention-relay/queue'
import type { RedisAddress, TailMessage } from '@retention-relay/queue'

import type { OpsConnection } from '../connection.ts'

/** What to look at. */
export interface TailOptions {
  readonly namespace: string
  /** Of the same Redis as the connection: a subscriber needs a connection of its own. */
  readonly address: RedisAddress
  readonly onMessage: (message: TailMessage) => void
  /** The workers were asked for the first time. */
  readonly onAsked: () => void
  /** Ends it. */
  readonly signal: AbortSignal
}

/** Looks until the signal aborts. False when no process has opened the namespace yet. Rejects when Redis is lost. */
export async function tailEvents(
  { client }: OpsConnection,
  options: TailOptions,
): Promise<boolean> {
  const { namespace, address, onMessage, onAsked, signal } = options
  if ((await readNamespace(client, namespace)) === null) return false
  // A subscriber waits in silence: that is no fault of its connection.
  const subscriber = createRedisClient(address, {
    name: 'relay-tail',
    options: { socketTimeout: undefined, enableOfflineQueue: true },
  })
  try {
    await subscribeToTail(subscriber, namespace, onMessage)
    await askForTail(client, namespace)
    onAsked()
    for await (const _ of setInterval(TAIL_ASKED_MS / 4, undefined, { signal })) {
      await askForTail(client, namespace)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    closeRedisClient(subscriber)
  }
  return true
}
