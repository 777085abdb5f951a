// Requeue: everything goes back in order, under a new token, with what may have been in flight.

import type { Mutant } from '../mutant.ts'

const REQUEUE_SCRIPT = 'packages/queue/src/consume/requeue-script.ts'

const REQUEUE_REDIS_TEST = 'packages/queue/test/requeue.redis.test.ts'
const BULLMQ_CONTRACT_REDIS_TEST = 'packages/queue/test/bullmq-contract.redis.test.ts'

export const requeueMutants: readonly Mutant[] = [
  {
    name: 'requeue-in-the-wrong-order',
    breaks: 'What was claimed goes back behind what waits.',
    file: REQUEUE_SCRIPT,
    find: "redis.call('RPUSH', KEYS[3], unpack(ids, first, last))",
    replace: "redis.call('LPUSH', KEYS[3], unpack(ids, first, last))",
    test: {
      file: REQUEUE_REDIS_TEST,
      name: '1 claimed jobs go back in order, before those that wait',
    },
  },
  {
    name: 'requeue-without-a-new-epoch',
    breaks: 'A command of the old session that a proxy held back takes effect in the new one.',
    file: REQUEUE_SCRIPT,
    find: "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])",
    replace: "redis.call('SET', KEYS[1], owner, 'PX', ARGV[2])",
    test: {
      file: REQUEUE_REDIS_TEST,
      name: 'afterwards the old token is refused by claim, settle and renew',
    },
  },
  {
    name: 'requeue-without-the-lease',
    breaks: 'A stopped owner that wakes up takes the jobs of the new one away.',
    file: REQUEUE_SCRIPT,
    find: "if not ours then return { 'lost', owner } end",
    replace: '',
    test: { file: REQUEUE_REDIS_TEST, name: 'with the lease at "other#1" nothing moves' },
  },
  {
    name: 'maybe-delivered-forgotten-at-requeue',
    breaks: 'A later dead letter does not say that its event may have been delivered.',
    file: REQUEUE_SCRIPT,
    find: 'for index = lastToken + 1, #ARGV do mark(ARGV[index]) end',
    replace: '',
    test: {
      file: REQUEUE_REDIS_TEST,
      name: 'a session that knows names the jobs; one that is gone is not made again',
    },
  },
  {
    name: 'flight-of-a-dead-owner-forgotten',
    breaks: 'What a killed worker had in flight is taken for never sent.',
    file: REQUEUE_SCRIPT,
    find: "if ARGV[4] == '1' then",
    replace: "if ARGV[4] == 'active' then",
    test: {
      file: REQUEUE_REDIS_TEST,
      name: 'of a dead owner every claimed job may have been in flight, and later claims tell so',
    },
  },
  {
    name: 'locks-kept-at-requeue',
    breaks:
      "Jobs that were put back cannot be worked on by BullMQ's Worker, the way out of the relay.",
    file: REQUEUE_SCRIPT,
    find: `  redis.call('DEL', unpack(locks))
`,
    replace: '',
    test: {
      file: BULLMQ_CONTRACT_REDIS_TEST,
      name: 'a job that a stray Worker has taken is taken back in order, and the Worker cannot complete it',
    },
  },
  {
    name: 'marker-not-set-at-requeue',
    breaks: 'Idle workers do not hear of the jobs that were put back.',
    file: REQUEUE_SCRIPT,
    find: "redis.call('ZADD', KEYS[5], 0, '0')",
    replace: "redis.call('EXISTS', KEYS[5])",
    test: { file: REQUEUE_REDIS_TEST, name: 'BullMQ is told of the waiting jobs by its marker' },
  },
]
