// Settle: outcomes are durable in one step, counted once, and only under the lease.

import type { Mutant } from '../mutant.ts'

const SETTLE_SCRIPT = 'packages/queue/src/consume/settle-script.ts'

const SETTLE_REDIS_TEST = 'packages/queue/test/settle.redis.test.ts'
const DEDUPE_REDIS_TEST = 'packages/queue/test/dedupe.redis.test.ts'

export const settleMutants: readonly Mutant[] = [
  {
    name: 'lease-not-checked-in-settle',
    breaks: 'A stopped owner that wakes up settles jobs of the new one.',
    file: SETTLE_SCRIPT,
    find: "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return { 'lost' } end",
    replace: '',
    test: {
      file: SETTLE_REDIS_TEST,
      name: 'with the token "worker#0", which is not that of the lease, only the dedupe store is written',
    },
  },
  {
    name: 'dedupe-not-written',
    breaks: 'What was delivered is delivered again.',
    file: SETTLE_SCRIPT,
    find: '        remember(ARGV[at])',
    replace: '        local _ = ARGV[at]',
    test: {
      file: DEDUPE_REDIS_TEST,
      name: 'a look-up tells for each id whether it was delivered, in order',
    },
  },
  {
    name: 'dedupe-not-written-without-the-lease',
    breaks: 'What was delivered just before the lease ended is delivered again by the next owner.',
    file: SETTLE_SCRIPT,
    find: '-- 1. What is delivered is a fact, whoever owns the partition now.',
    replace: "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return { 'lost' } end",
    test: {
      file: SETTLE_REDIS_TEST,
      name: 'with the token "worker#0", which is not that of the lease, only the dedupe store is written',
    },
  },
  {
    name: 'repeated-settle-counts-again',
    breaks: 'A settle that is repeated after a lost reply is counted twice.',
    file: SETTLE_SCRIPT,
    find: 'if outcome ~= 45 and before == 45 and exists then',
    replace: 'if outcome ~= 45 and exists then',
    test: {
      file: SETTLE_REDIS_TEST,
      name: 'a settle that is repeated any number of times moves the counters once',
    },
  },
  {
    name: 'removed-job-made-again',
    breaks: 'A settle makes a job again that somebody removed.',
    file: SETTLE_SCRIPT,
    find: 'local exists = hash[1] ~= false',
    replace: 'local exists = true',
    test: {
      file: SETTLE_REDIS_TEST,
      name: 'a job that somebody removed is not made again; its id and its lock go',
    },
  },
  {
    name: 'waiting-job-deleted',
    breaks: 'A job that is no longer active is deleted while its id waits.',
    file: SETTLE_SCRIPT,
    find: "elseif full and redis.call('LREM', KEYS[2], -1, id) == 1 then",
    replace: `elseif full then
    redis.call('LREM', KEYS[2], -1, id)`,
    test: {
      file: SETTLE_REDIS_TEST,
      name: 'a full job whose id is not in active keeps its hash, and an empty settle clears it after the next claim',
    },
  },
  {
    name: 'settled-job-stays-active',
    breaks: 'A settled job blocks the partition: it is active for ever.',
    file: SETTLE_SCRIPT,
    find: "elseif full and redis.call('LREM', KEYS[2], -1, id) == 1 then",
    replace: "elseif full and redis.call('LREM', KEYS[2], -1, '') == 1 then",
    test: {
      file: SETTLE_REDIS_TEST,
      name: 'a job whose positions are all settled leaves with its hash and its lock',
    },
  },
]
