// A lease as its holder counts it: over when Redis says so, or before, by any clock.

import type { Mutant } from '../mutant.ts'

const LEASE = 'packages/delivery/src/lease.ts'
const PARTITION_MANAGER = 'packages/delivery/src/partition-manager.ts'
const CONSUMER = 'packages/delivery/src/consumer.ts'

const LEASE_TEST = 'packages/delivery/test/lease.test.ts'
const PARTITION_MANAGER_TEST = 'packages/delivery/test/partition-manager.test.ts'
const CONSUMER_FAULTS_TEST = 'packages/delivery/test/consumer-faults.test.ts'
const DRAIN_SESSION_TEST = 'packages/delivery/test/drain-session.test.ts'

export const leaseClockMutants: readonly Mutant[] = [
  {
    name: 'lease-without-margin',
    breaks: 'The holder sends for as long as Redis counts, and a moment longer.',
    file: LEASE,
    find: 'times.ttlMs - times.marginMs',
    replace: 'times.ttlMs + 0 * times.marginMs',
    test: {
      file: LEASE_TEST,
      name: 'it is valid for its ttl without the margin, from the moment before the command was sent',
    },
  },
  {
    name: 'lease-by-one-clock',
    breaks:
      'A machine that slept, or a process that was stopped, goes on with a lease that is over.',
    file: LEASE,
    find: 'const left = Math.min(',
    replace: 'const left = Math.max(',
    test: {
      file: LEASE_TEST,
      name: 'it is over as soon as the monotonic clock alone: the wall clock was set back',
    },
  },
  {
    name: 'lease-that-comes-back',
    breaks: 'A clock that steps back brings a lease back that was over.',
    file: LEASE,
    find: `    if (left <= 0) this.#over = true
`,
    replace: '',
    test: {
      file: LEASE_TEST,
      name: 'once over it never comes back: not by a clock that steps back, nor by a late confirmation',
    },
  },
  {
    name: 'lease-counted-from-the-answer',
    breaks: 'A renewal that was answered late prolongs the lease beyond what Redis knows.',
    file: PARTITION_MANAGER,
    find: 'held.lease.extend(sentAt)',
    replace: 'held.lease.extend(momentOf(clock))',
    test: {
      file: PARTITION_MANAGER_TEST,
      name: 'a renewal that is answered late prolongs its lease from the moment before it was asked for',
    },
  },
  {
    name: 'requeue-counted-from-the-answer',
    breaks: 'A requeue that was answered late prolongs the lease beyond what Redis knows.',
    file: CONSUMER,
    find: 'lease.extend(sentAt)',
    replace: 'lease.extend(sentAt === null ? sentAt : momentOf(clock))',
    test: {
      file: CONSUMER_FAULTS_TEST,
      name: 'a requeue that is answered late prolongs the lease from the moment before it was sent',
    },
  },
  {
    name: 'token-used-twice',
    breaks: 'A delayed command of an earlier session is accepted in a later one.',
    file: CONSUMER,
    find: 'const token = nextToken()',
    replace: 'const token = nextToken() && lease.token',
    test: { file: DRAIN_SESSION_TEST, name: 'each session has a token of its own' },
  },
]
