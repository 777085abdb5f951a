// Leases and sharing: one owner a partition, also when clocks, processes and Redis jump or die.

import type { Mutant } from '../mutant.ts'

const LEASE_SCRIPT = 'packages/queue/src/lease/lease-script.ts'

const LEASE_REDIS_TEST = 'packages/queue/test/lease.redis.test.ts'
const FAILOVER_REDIS_TEST = 'packages/queue/test/failover.redis.test.ts'
const LATE_COMMANDS_TEST = 'packages/queue/test/late-commands.redis.test.ts'

export const leaseMutants: readonly Mutant[] = [
  {
    name: 'lease-taken-from-another',
    breaks: 'Two workers drain one partition.',
    file: LEASE_SCRIPT,
    find: "if nowMs >= opens and (owner == '' or isEarlierSession()) then",
    replace: 'if nowMs >= opens then',
    test: { file: LEASE_REDIS_TEST, name: 'a lease of another worker is not acquired' },
  },
  {
    name: 'late-acquire-taken',
    breaks: 'An acquire that was held back on its way takes the lease from the session that runs.',
    file: LEASE_SCRIPT,
    find: ' and tonumber(epoch) < tonumber(new)',
    replace: '',
    test: {
      file: LATE_COMMANDS_TEST,
      name: 'a acquire that was held back until a new session has claimed is refused',
    },
  },
  {
    name: 'lease-of-a-namesake-taken',
    breaks: "A worker whose id begins another's takes its lease.",
    file: LEASE_SCRIPT,
    find: 'return worker == ARGV[3] and',
    replace: 'return string.sub(owner, 1, #ARGV[3]) == ARGV[3] and',
    test: {
      file: LEASE_REDIS_TEST,
      name: "a worker whose id begins with another's does not take its lease",
    },
  },
  {
    name: 'acquire-without-the-failover-wait',
    breaks: 'After a failover a lease is given that another worker still holds.',
    file: LEASE_SCRIPT,
    find: 'if nowMs >= opens and (owner',
    replace: 'if (owner',
    test: {
      file: FAILOVER_REDIS_TEST,
      name: 'on a promoted replica nobody acquires before one ttl has passed, whatever it knows of leases',
    },
  },
  {
    name: 'foreign-token-renewed',
    breaks: 'A worker believes that it holds what another one has.',
    file: LEASE_SCRIPT,
    find: 'if owner == ARGV[index] then held = 1 end',
    replace: 'held = 1',
    test: {
      file: LEASE_REDIS_TEST,
      name: 'renewing with tokens that do not hold it prolongs nothing',
    },
  },
  {
    name: 'event-stream-left-on',
    breaks: "A dashboard that was opened once makes BullMQ's event stream grow.",
    file: LEASE_SCRIPT,
    find: "if held == 1 and meta[3] and meta[3] ~= '0' then redis.call('HSET', KEYS[2], 'opts.maxLenEvents', '0') end",
    replace: '',
    test: {
      file: LEASE_REDIS_TEST,
      name: "a dashboard that switches BullMQ's event stream on has it switched off by the next renewal",
    },
  },
]
