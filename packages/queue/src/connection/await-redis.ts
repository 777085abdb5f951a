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

/** Between two looks at the map of the slots, in milliseconds. */
const REFRESH_MS = 100

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
    cause = bareError(error)
  })
  try {
    return await Promise.race([arrival, late])
  } finally {
    clearTimeout(timer)
    if (giveUp !== undefined) options.signal?.removeEventListener('abort', giveUp)
    listening.abort()
  }
}

async function arrive(
  client: RedisClient,
  signal: AbortSignal,
  onError: (error: Error) => void,
): Promise<RedisArrival> {
  try {
    await untilReady(client, signal, onError)
    const facts = await inspectCurrent(client, signal)
    for (const node of facts) assertUsable(node, isCluster(client))
    return { kind: 'ready', facts }
  } catch (error) {
    if (error instanceof RelayError) throw error
    return { kind: 'away', cause: bareError(error) }
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
    await pause(REFRESH_MS)
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
      report(error)
      const fault = unusableError(error)
      if (fault !== null) reject(fault)
    }
    const onReady = (): void => resolve()
    const onEnd = (): void => reject(new Error('the client was closed'))
    signal.addEventListener('abort', () => {
      client.off('error', onError)
      client.off('ready', onReady)
      client.off('end', onEnd)
    })
    client.on('error', onError)
    client.on('ready', onReady)
    client.on('end', onEnd)
    if (client.status === 'ready') resolve()
  })
}
