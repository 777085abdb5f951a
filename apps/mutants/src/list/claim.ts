// Claim: who may take jobs, in which order, how they are counted and guarded.

import type { Mutant } from '../mutant.ts'

const CLAIM_SCRIPT = 'packages/queue/src/consume/claim-script.ts'

const CLAIM_REDIS_TEST = 'packages/queue/test/claim.redis.test.ts'

export const claimMutants: readonly Mutant[] = [
  {
    name: 'lease-not-checked-in-claim',
    breaks: 'A worker whose lease is over takes jobs from the new owner.',
    file: CLAIM_SCRIPT,
    find: "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return { 'lost' } end",
    replace: '',
    test: {
      file: CLAIM_REDIS_TEST,
      name: 'nothing is claimed with another token than that of the lease, or without a lease',
    },
  },
  {
    name: 'held-not-compared',
    breaks: 'After a lost reply a job waits in active while later ones overtake it.',
    file: CLAIM_SCRIPT,
    find: "if active ~= tonumber(ARGV[4]) then return { 'out_of_sync', active } end",
    replace: '',
    test: {
      file: CLAIM_REDIS_TEST,
      name: 'when another number of jobs is active than the caller holds, nothing is claimed',
    },
  },
  {
    name: 'paused-queue-claimed',
    breaks: 'A queue that a person paused is drained.',
    file: CLAIM_SCRIPT,
    find: "if redis.call('HEXISTS', KEYS[2], 'paused') == 1 then return { 'paused' } end",
    replace: '',
    test: {
      file: CLAIM_REDIS_TEST,
      name: 'nothing is claimed from a queue that BullMQ paused, until BullMQ resumes it',
    },
  },
  {
    name: 'lock-not-set',
    breaks: "BullMQ's own tools delete claimed jobs, or sweep them back in reverse order.",
    file: CLAIM_SCRIPT,
    find: "redis.call('SET', key .. ':lock', ARGV[1])",
    replace: '',
    test: {
      file: CLAIM_REDIS_TEST,
      name: "every claimed job has BullMQ's lock, and it does not expire",
    },
  },
  {
    name: 'lock-expires',
    breaks: "BullMQ's own tools sweep a job back that is claimed for long.",
    file: CLAIM_SCRIPT,
    find: "redis.call('SET', key .. ':lock', ARGV[1])",
    replace: "redis.call('SET', key .. ':lock', ARGV[1], 'PX', 30000)",
    test: {
      file: CLAIM_REDIS_TEST,
      name: "every claimed job has BullMQ's lock, and it does not expire",
    },
  },
  {
    name: 'accepted-counted-at-each-claim',
    breaks: 'The durable counts do not add up after a requeue.',
    file: CLAIM_SCRIPT,
    find: 'if claims == 1 then',
    replace: 'if claims >= 1 then',
    test: {
      file: CLAIM_REDIS_TEST,
      name: 'events are counted as accepted once, however often their job is claimed',
    },
  },
  {
    name: 'orphan-stops-the-partition',
    breaks: 'An id without a job hash blocks everything behind it.',
    file: CLAIM_SCRIPT,
    find: `    redis.call('RPOP', KEYS[3])
    redis.call('LPUSH', KEYS[6], id)
    orphans = orphans + 1`,
    replace: '    break',
    test: {
      file: CLAIM_REDIS_TEST,
      name: 'ids without a job hash are set apart and counted, and do not stop what is behind them',
    },
  },
  {
    name: 'newest-claimed-first',
    breaks: 'Jobs are claimed in the reverse of their order.',
    file: CLAIM_SCRIPT,
    find: "local id = redis.call('LINDEX', KEYS[3], -1)",
    replace: `redis.call('LMOVE', KEYS[3], KEYS[3], 'LEFT', 'RIGHT')
  local id = redis.call('LINDEX', KEYS[3], -1)`,
    test: {
      file: CLAIM_REDIS_TEST,
      name: 'jobs are claimed in the order in which BullMQ added them, with what BullMQ knows of them',
    },
  },
]
