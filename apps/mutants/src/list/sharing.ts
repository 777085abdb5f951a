// Sharing partitions: each is drained by one worker, soon, whoever joins, leaves or dies.

import type { Mutant } from '../mutant.ts'

const REGISTER_SCRIPT = 'packages/queue/src/lease/register-script.ts'
const PAUSE_SCRIPT = 'packages/queue/src/pause/pause-script.ts'

const LEASE_REDIS_TEST = 'packages/queue/test/lease.redis.test.ts'
const PAUSE_REDIS_TEST = 'packages/queue/test/pause.redis.test.ts'

export const sharingMutants: readonly Mutant[] = [
  {
    name: 'dead-workers-stay-listed',
    breaks: 'The share of a worker that died is drained by nobody.',
    file: REGISTER_SCRIPT,
    find: "redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', nowMs)",
    replace: '',
    test: {
      file: LEASE_REDIS_TEST,
      name: 'a worker that does not renew its entry is not counted any more',
    },
  },
  {
    name: 'pause-not-told-at-register',
    breaks: 'A pause of the namespace holds one worker only.',
    file: REGISTER_SCRIPT,
    find: "config[3] or ''",
    replace: "''",
    test: {
      file: PAUSE_REDIS_TEST,
      name: 'every worker hears of a pause with its sign of life, until a person ends it',
    },
  },
  {
    name: 'first-reason-overwritten',
    breaks: 'Why the namespace was paused is lost.',
    file: PAUSE_SCRIPT,
    find: "if before == '' then redis.call('HSET', KEYS[1], 'pause', ARGV[2]) end",
    replace: "redis.call('HSET', KEYS[1], 'pause', ARGV[2])",
    test: { file: PAUSE_REDIS_TEST, name: 'the first reason of a pause is kept' },
  },
]
