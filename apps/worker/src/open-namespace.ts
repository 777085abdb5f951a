// Opens the namespace for a worker and binds it to the workspace. Redis away, or full, is no fault: it goes on trying. A
// namespace that was set up differently, or is bound to another workspace, ends the start.

import { systemClock } from '@retention-relay/delivery'
import { RelayError } from '@retention-relay/events'
import { awaitRedis, bindWorkspace, openNamespace } from '@retention-relay/queue'
import type { NamespaceOptions, OpenNamespace, RedisClient } from '@retention-relay/queue'
import type { Logger } from 'pino'

/** Wait between two attempts on a Redis that refuses, in milliseconds. */
const REFUSED_WAIT_MS = 1000
/** Wait for a Redis that is away, in milliseconds. */
const REDIS_WAIT_MS = 5000

/** What opening needs. */
export interface OpeningParts {
  readonly client: RedisClient
  readonly options: NamespaceOptions
  readonly siteId: string
  readonly logger: Logger
  readonly stop: AbortSignal
}

/**
 * The open namespace; null when the worker was stopped before Redis took it.
 *
 * @throws RelayError for a fault of the configuration.
 */
export async function openUntilReady(parts: OpeningParts): Promise<OpenNamespace | null> {
  const { client, options, siteId, logger, stop } = parts
  let told: string | undefined
  while (!stop.aborted) {
    try {
      const open = await openNamespace(client, options)
      await bindWorkspace(client, options.namespace, siteId)
      return open
    } catch (error) {
      if (error instanceof RelayError) throw error
      const cause = error instanceof Error ? error.message : String(error)
      if (cause !== told) {
        logger.warn(
          { event: 'namespace.not_open', cause },
          'Redis does not open the namespace; goes on trying',
        )
      }
      told = cause
      await systemClock.sleep(REFUSED_WAIT_MS, stop)
      await awaitRedis(client, { timeoutMs: REDIS_WAIT_MS })
    }
  }
  return null
}
