// Says what the start checks found of Redis, and ends the start of a production worker on a Redis that can lose events.

import { RelayError } from '@retention-relay/events'
import type { RedisFacts } from '@retention-relay/queue'
import type { Logger } from 'pino'

import type { WorkerConfig } from './config.ts'
import { checkRedis, isProduction } from './start-checks.ts'

/** @throws RelayError `RELAY_CONFIG_INVALID` in production, unless the configuration accepts the loss. */
export function tellRedisChecks(
  facts: readonly RedisFacts[],
  config: WorkerConfig,
  logger: Logger,
): void {
  const findings = facts.flatMap((node) => checkRedis(node))
  const dangers = findings.filter(({ level }) => level === 'danger')
  for (const { level, text } of findings) {
    logger[level === 'danger' ? 'warn' : 'info']({ event: 'redis.checked', level }, text)
  }
  if (dangers.length === 0 || !isProduction(config) || config.RELAY_ALLOW_UNSAFE_REDIS) return
  const list = dangers.map(({ text }) => text).join('; ')
  const remedy =
    'Correct these settings of Redis, or set RELAY_ALLOW_UNSAFE_REDIS=1 and accept the loss.'
  throw new RelayError(
    'RELAY_CONFIG_INVALID',
    `REDIS_URL: this Redis can lose events: ${list}. ${remedy}`,
  )
}
