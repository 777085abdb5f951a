// Leases at work: nobody keeps what is lost, takes what is still in use, or leaves a mess behind.

import type { Mutant } from '../mutant.ts'

const PARTITION_MANAGER = 'packages/delivery/src/partition-manager.ts'
const SHARING = 'packages/delivery/src/sharing.ts'
const CONSUMER = 'packages/delivery/src/consumer.ts'

const PARTITION_MANAGER_TEST = 'packages/delivery/test/partition-manager.test.ts'
const SHARING_TEST = 'packages/delivery/test/sharing.test.ts'
const CONSUMER_STOP_TEST = 'packages/delivery/test/consumer-stop.test.ts'

export const managerMutants: readonly Mutant[] = [
  {
    name: 'hung-renewal-keeps-the-lease',
    breaks: 'A worker whose renewal hangs goes on when its lease is over.',
    file: PARTITION_MANAGER,
    find: 'if (!held.lease.isValid()) this.#drop(',
    replace: 'if (!held.lease.isValid() && !held.isRenewing) this.#drop(',
    test: {
      file: PARTITION_MANAGER_TEST,
      name: 'a lease whose renewal hangs ends in time, and so does its consumer',
    },
  },
  {
    name: 'lost-lease-kept',
    breaks: 'A worker whose lease another one has goes on draining.',
    file: PARTITION_MANAGER,
    find: 'else if (!reply.owner.startsWith(`${workerId}#`) && held.leaving === undefined) {',
    replace: 'else if (reply.owner === workerId && held.leaving === undefined) {',
    test: {
      file: PARTITION_MANAGER_TEST,
      name: 'a lease that another worker holds ends at the next renewal',
    },
  },
  {
    name: 'taken-again-before-its-end',
    breaks: 'A partition is leased again while its last consumer still has settles to write.',
    file: PARTITION_MANAGER,
    find: '(partition) => !this.#held.has(partition) && !this.#ending.has(partition),',
    replace: '(partition) => !this.#held.has(partition),',
    test: {
      file: PARTITION_MANAGER_TEST,
      name: 'a partition is not acquired again before the consumer that lost it has ended',
    },
  },
  {
    name: 'surplus-handed-over-at-once',
    breaks: 'Half of the partitions stand still whenever a worker joins.',
    file: PARTITION_MANAGER,
    find: `    if (staying.length < this.#held.size) return
`,
    replace: '',
    test: {
      file: PARTITION_MANAGER_TEST,
      name: 'a newcomer is handed the surplus one by one, each only when the last was given back',
    },
  },
  {
    name: 'shares-unequal',
    breaks: "Some partitions are nobody's, others are everybody's.",
    file: SHARING,
    find: '(rank < partitions % liveIds.length ? 1 : 0)',
    replace: '(rank <= partitions % liveIds.length ? 1 : 0)',
    test: {
      file: SHARING_TEST,
      name: 'the shares of all workers add up to the partitions, and no two differ by more than one',
    },
  },
  {
    name: 'stopped-worker-keeps-its-jobs',
    breaks: 'The successor of a stopped worker begins with what is left in active, out of order.',
    file: CONSUMER,
    find: 'if (this.#isStop) await this.#requeue(this.#given.signal)',
    replace: 'if (!this.#isStop) await this.#requeue(this.#given.signal)',
    test: {
      file: CONSUMER_STOP_TEST,
      name: 'while the destination hangs the request is cut off in time and the jobs go back in order',
    },
  },
  {
    name: 'unanswered-lease-kept-at-the-stop',
    breaks:
      'A partition stands still for ten seconds after a deploy whose worker lost one answer of Redis.',
    file: PARTITION_MANAGER,
    find: 'if (reply === null) this.#unanswered.add(partition)',
    replace: 'if (reply !== null) this.#unanswered.add(partition)',
    test: {
      file: PARTITION_MANAGER_TEST,
      name: 'a lease is given back at the stop though the answer to its acquire was lost',
    },
  },
]
