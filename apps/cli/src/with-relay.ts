// Runs a verb on a connection to the relay, and lets go of everything afterwards, whatever happened.

import { closeOps, connectOps } from '@retention-relay/ops'
import type { OpsConnection } from '@retention-relay/ops'

import { CliError } from './cli-error.ts'
import { findRedis } from './redis-place.ts'
import { readSettings } from './settings.ts'
import type { Surroundings } from './surroundings.ts'
import type { Arguments } from './verb.ts'

/** What a verb works with. */
export interface Relay {
  readonly connection: OpsConnection
  readonly namespace: string
  readonly redisUrl: string
}

/** How long a command waits for Redis. */
const CONNECT_TIMEOUT_MS = 3000

/** @throws CliError `redis` when Redis cannot be reached, `config`, `interrupted`; what `work` throws. */
export async function withRelay<Result>(
  args: Arguments,
  surroundings: Surroundings,
  work: (relay: Relay) => Promise<Result>,
): Promise<Result> {
  const settings = readSettings(args, surroundings.env)
  const place = await findRedis(settings, surroundings)
  try {
    const connection = await connect(place.url)
    try {
      return await work({ connection, namespace: settings.namespace, redisUrl: place.url })
    } finally {
      closeOps(connection)
    }
  } finally {
    await place.leave()
  }
}

/** The same, and ends it when a person interrupts: for verbs that may be cut short at any point. */
export async function withRelayOrStop<Result>(
  args: Arguments,
  surroundings: Surroundings,
  work: (relay: Relay) => Promise<Result>,
): Promise<Result> {
  return await withRelay(args, surroundings, async (relay) => {
    return await Promise.race([work(relay), interrupted(surroundings.stop)])
  })
}

async function connect(url: string): Promise<OpsConnection> {
  const arrival = await connectOps(url, { timeoutMs: CONNECT_TIMEOUT_MS })
  if (arrival.kind === 'connected') return arrival.connection
  const cause = arrival.cause === undefined ? 'it does not answer' : arrival.cause.message
  throw new CliError('redis', `Redis cannot be reached: ${cause}. Start it, or correct REDIS_URL.`)
}

/** What a verb says of a namespace that nobody has opened. */
export function unknownNamespace(namespace: string): CliError {
  return new CliError(
    'wrong',
    `Nothing was ever sent to the namespace ${namespace} on this Redis. Send something (relay send), or correct --namespace or RELAY_NAMESPACE.`,
  )
}

function interrupted(stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(new CliError('interrupted', 'Interrupted.'))
    stop.addEventListener('abort', end, { once: true })
    if (stop.aborted) end()
  })
}
