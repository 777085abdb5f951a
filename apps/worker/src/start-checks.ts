// What the relay's promises depend on, checked at the start and said plainly. In production a setting that can lose
// events is an error; elsewhere it is a warning. What a managed Redis does not let us read is "cannot verify".

import { TESTED_LAYOUT } from '@retention-relay/queue'
import type { RedisFacts } from '@retention-relay/queue'

/** One finding. */
export interface Finding {
  readonly level: 'ok' | 'cannot_verify' | 'danger'
  readonly text: string
}

/** Looks at the facts of one Redis. */
export function checkRedis(facts: RedisFacts): readonly Finding[] {
  return [
    {
      level: 'ok',
      text: `${facts.server} ${facts.version ?? 'of unknown version'} at ${facts.node}`,
    },
    check(
      'appendonly',
      facts.aof,
      facts.aof === true ? 'yes' : 'no',
      facts.aof === true,
      'without it a restart of Redis loses every event; set appendonly yes',
    ),
    check(
      'appendfsync',
      facts.fsync,
      facts.fsync,
      facts.fsync === 'always',
      'a crash of the machine loses what was acknowledged in the last second or more; set appendfsync always',
    ),
    check(
      'maxmemory-policy',
      facts.evictionPolicy,
      facts.evictionPolicy,
      facts.evictionPolicy === 'noeviction',
      'a full Redis throws events away; set maxmemory-policy noeviction',
    ),
  ]
}

/** Looks at a version of BullMQ that has written to the namespace. */
export function checkLayout(version: string): Finding {
  if (version === TESTED_LAYOUT)
    return { level: 'ok', text: `the queues are laid out by ${version}` }
  const text = `the queues were written to by ${version}, and this worker was tested with ${TESTED_LAYOUT}: use one version of BullMQ`
  return { level: 'danger', text }
}

/** Whether settings that can lose events are an error: in the namespace production, or with NODE_ENV=production. */
export function isProduction(config: {
  readonly RELAY_NAMESPACE: string
  readonly NODE_ENV: string
}): boolean {
  return config.RELAY_NAMESPACE === 'production' || config.NODE_ENV === 'production'
}

function check(
  name: string,
  read: unknown,
  value: string | null,
  good: boolean,
  danger: string,
): Finding {
  if (read === null)
    return { level: 'cannot_verify', text: `${name}: cannot verify, this Redis does not tell` }
  if (good) return { level: 'ok', text: `${name} ${value}` }
  return { level: 'danger', text: `${name} ${value}: ${danger}` }
}
