// Setup: a session of a worker behind a proxy, with one job claimed and another one waiting.
// Timeline: a command of the session is held back on its way. The worker believes its connection lost, and a new session
//   on another connection requeues and claims. Then the old command arrives.
// Proves: it is refused and changes nothing but the dedupe store, whichever command it is: the new session holds
//   what it claimed, in order, and its counts add up.

import { startFaultProxy } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { consumeScripts, leaseScripts, LeaseStore } from '../src/index.ts'
import { PartitionQueue, ScriptRunner } from '../src/index.ts'
import {
  claimJobs,
  countersOf,
  deadAt,
  idsIn,
  isLocked,
  memberAt,
  TTL_MS,
  usePartitions,
  wholeJob,
} from './partition-setup.ts'
import type { Partition } from './partition-setup.ts'

const setup = usePartitions()

/** The old session: the same partition over a connection of its own. */
type Session = Pick<Partition, 'queue' | 'leases' | 'keys'>

const COMMANDS: readonly (readonly [
  string,
  (session: Session, claimed: string) => Promise<unknown>,
  unknown,
])[] = [
  [
    'claim',
    ({ queue }) => queue.claim({ token: 'worker#1', maxJobs: 9, maxBytes: 1e6, held: 1 }),
    { kind: 'lost' },
  ],
  [
    'claim that holds what the new session holds',
    ({ queue }) => queue.claim({ token: 'worker#1', maxJobs: 9, maxBytes: 1e6, held: 2 }),
    { kind: 'lost' },
  ],
  [
    'settle of a delivery',
    ({ queue }, id) => queue.settle({ token: 'worker#1', jobs: [wholeJob(id, 2)] }),
    'lost',
  ],
  [
    'settle of a death',
    ({ queue }, jobId) => {
      const positions = [deadAt(jobId, 0, memberAt(jobId, 0))]
      return queue.settle({ token: 'worker#1', jobs: [{ jobId, count: 2, positions }] })
    },
    'lost',
  ],
  ['requeue', ({ queue }) => queue.requeue('worker#2', ['worker#1'], TTL_MS), 'lost'],
  [
    'acquire',
    ({ leases, keys }) => leases.acquire(keys, 'worker#0'),
    expect.objectContaining({ held: false }),
  ],
  [
    'renewal',
    ({ leases, keys }) => leases.renew(keys, ['worker#1']),
    expect.objectContaining({ held: false }),
  ],
  [
    'release',
    ({ leases, keys }) => leases.release(keys, ['worker#1']),
    expect.objectContaining({ held: false }),
  ],
]

test.each(COMMANDS)(
  'a %s that was held back until a new session has claimed is refused',
  async (_name, send, reply) => {
    const partition = await setup()
    const proxy = await startFaultProxy({ target: partition.server, onEnd: onTestFinished })
    const old = await connect(partition, proxy.url())
    const ids = [await partition.add(2), await partition.add(2)]
    await claimJobs({ ...partition, ...old }, 0, 1)

    const hold = proxy.hold()
    const late = send(old, ids[0]!)
    await hold.caught
    const tokens = ['worker#1', 'worker#2']
    expect(await partition.queue.requeue('worker#3', tokens, TTL_MS)).toBe('requeued')
    await claimJobs(partition, 0, 200, 'worker#3')
    await hold.release()

    expect(await late).toEqual(reply)
    expect(await partition.redis.get(partition.keys.lease)).toBe('worker#3')
    expect(await idsIn(partition, 'active')).toEqual(ids)
    expect(await idsIn(partition, 'wait')).toEqual([])
    for (const id of ids) expect(await isLocked(partition, id)).toBe(true)
    expect(await countersOf(partition)).toEqual({ accepted: 4 })
    const settle = { token: 'worker#3', jobs: ids.map((id) => wholeJob(id, 2)) }
    expect(await partition.queue.settle(settle)).toBe('settled')
    expect(await countersOf(partition)).toEqual({ accepted: 4, delivered: 4 })
  },
)

async function connect({ keys }: Partition, url: string): Promise<Session> {
  const redis = new Redis(url, { maxRetriesPerRequest: null })
  onTestFinished(() => redis.disconnect())
  const runner = new ScriptRunner(redis, [...consumeScripts, ...leaseScripts])
  await runner.load()
  const leases = new LeaseStore(runner, 'worker', TTL_MS)
  return { keys, leases, queue: new PartitionQueue(runner, keys) }
}
