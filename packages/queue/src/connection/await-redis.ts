// Waits for a new client. Three ends: Redis answers and can be used; it is away, and the client goes on trying by
// itself; or it can never be used as configured, which is thrown.

import { setTimeout as pause } from 'node:timers/promises'

import { RelayError } from '@retention-relay/events'

import { bareError } from './bare-error.ts'
import { isCluster } from './client.ts'
import type { RedisClient } from './client.ts'
import { hasEverySlot } from './cluster-node.ts'
import { assertUsable, inspectRedis } from './inspect.ts'
import type { RedisFacts } from './inspect.ts'
import { unusableError } from './unusable.ts'

/** Between two looks at a client that cannot be used yet, in milliseconds. */
const LOOK_MS = 100

/** How the wait ended. */
export type RedisArrival =
  | { readonly kind: 'ready'; readonly facts: readonly RedisFacts[] }
  /** Not reached in time. `cause` is the last error of the connection, if there was one. */
  | { readonly kind: 'away'; readonly cause: Error | undefined }

/**
 * Waits until Redis answers, at most `timeoutMs`, or until `signal`, which counts as away.
 *
 * @throws RelayError `RELAY_REDIS_UNUSABLE`, with the remedy.
 */
export async function awaitRedis(
  client: RedisClient,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<RedisArrival> {
  let timer: NodeJS.Timeout | undefined
  let giveUp: (() => void) | undefined
  let cause: Error | undefined
  const late = new Promise<RedisArrival>((resolve) => {
    giveUp = () => resolve({ kind: 'away', cause })
    timer = setTimeout(giveUp, options.timeoutMs)
    options.signal?.addEventListener('abort', giveUp)
    if (options.signal?.aborted === true) giveUp()
  })
  const listening = new AbortController()
  const arrival = arrive(client, listening.signal, (error) => {
    cause = error
  })
  try {
    return await Promise.race([arrival, late])
  } finally {
    clearTimeout(timer)
    if (giveUp !== undefined) options.signal?.removeEventListener('abort', giveUp)
    listening.abort()
  }
}

/**
 * A client calls itself ready for some moments after its connection was lost, and refuses every command at once. Who asked
 * again without a pause would not let it notice.
 */
async function arrive(
  client: RedisClient,
  signal: AbortSignal,
  report: (error: Error) => void,
): Promise<RedisArrival> {
  for (;;) {
    try {
      await untilReady(client, signal, report)
      const facts = await inspectCurrent(client, signal)
      for (const node of facts) assertUsable(node, isCluster(client))
      return { kind: 'ready', facts }
    } catch (error) {
      if (error instanceof RelayError) throw error
      const cause = bareError(error)
      if (signal.aborted || client.status === 'end') return { kind: 'away', cause }
      report(cause)
      await pause(LOOK_MS)
    }
  }
}

/**
 * A node of a Cluster that has become a replica, or slots without a master, are no fault of the address: the client's
 * map of the slots is old. While the nodes live, nothing but a command for one of these slots would renew the map, so it
 * is renewed here.
 */
async function inspectCurrent(
  client: RedisClient,
  signal: AbortSignal,
): Promise<readonly RedisFacts[]> {
  for (;;) {
    const facts = await inspectRedis(client)
    if (!isCluster(client) || signal.aborted) return facts
    if (hasEverySlot(client) && !facts.some(({ readOnly }) => readOnly)) return facts
    client.refreshSlotsCache()
    await pause(LOOK_MS)
  }
}

/** Rejects when the client has ended, and with a RelayError for a fault of the configuration. */
function untilReady(
  client: RedisClient,
  signal: AbortSignal,
  report: (error: Error) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      report(bareError(error))
      const fault = unusableError(error)
      if (fault !== null) settle(() => reject(fault))
    }
    const onReady = (): void => settle(resolve)
    const onEnd = (): void => settle(() => reject(new Error('the client was closed')))
    const onAbort = (): void => settle(() => undefined)
    const settle = (how: () => void): void => {
      client.off('error', onError)
      client.off('ready', onReady)
      client.off('end', onEnd)
      signal.removeEventListener('abort', onAbort)
      how()
    }
    signal.addEventListener('abort', onAbort)
    client.on('error', onError)
    client.on('ready', onReady)
    client.on('end', onEnd)
    if (client.status === 'ready') onReady()
  })
}
