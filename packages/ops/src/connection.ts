// What a verb talks to: a client of Redis that is ready, with the scripts of the verbs. A Redis that is away is an
// expected end of the attempt and comes back as a value; one that can never be used as configured is thrown.

import {
  awaitRedis,
  createRedisClient,
  pauseScripts,
  ScriptRunner,
  statusScripts,
} from '@retention-relay/queue'
import type { RedisAddress, RedisClient } from '@retention-relay/queue'

/** What every verb takes. */
export interface OpsConnection {
  readonly client: RedisClient
  readonly runner: ScriptRunner
}

/** How the attempt to connect ended. */
export type OpsArrival =
  | { readonly kind: 'connected'; readonly connection: OpsConnection }
  | { readonly kind: 'away'; readonly cause: Error | undefined }

/** Makes a connection of a client that the caller owns and closes. */
export function opsConnection(client: RedisClient): OpsConnection {
  return { client, runner: new ScriptRunner(client, [...statusScripts, ...pauseScripts]) }
}

/**
 * Connects, waiting at most `timeoutMs`. Close it with `closeOps`.
 *
 * @throws RelayError `RELAY_CONFIG_INVALID` for the address, `RELAY_REDIS_UNUSABLE` for what it leads to.
 */
export async function connectOps(
  address: RedisAddress,
  options: { readonly timeoutMs: number },
): Promise<OpsArrival> {
  const client = createRedisClient(address, { name: 'relay-ops' })
  let arrived = false
  try {
    const arrival = await awaitRedis(client, options)
    if (arrival.kind === 'away') return arrival
    arrived = true
    return { kind: 'connected', connection: opsConnection(client) }
  } finally {
    if (!arrived) client.disconnect()
  }
}

/** Ends a connection made by `connectOps`. Commands without an answer are given up. */
export function closeOps({ client, runner }: OpsConnection): void {
  runner.detach()
  client.disconnect()
}
