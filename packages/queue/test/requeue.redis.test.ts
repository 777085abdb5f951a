// Requeue: everything claimed goes back in order, and commands of the session before are refused from then on.
import { expect, test } from 'vitest'

import {
  claimJobs,
  countersOf,
  idsIn,
  isLocked,
  memberAt,
  TTL_MS,
  usePartitions,
  wholeJob,
} from './partition-setup.ts'
import type { Partition } from './partition-setup.ts'

const setup = usePartitions()

const requeue = async (
  { queue }: Partition,
  newToken = 'worker#2',
  tokens: readonly string[] = ['worker#1'],
): Promise<'requeued' | 'lost'> => await queue.requeue(newToken, tokens, TTL_MS)

/** Claims everything, 200 jobs at a time, as a consumer does. */
const claimAll = async (partition: Partition, jobs: number): Promise<void> => {
  for (let held = 0; held < jobs; held += 200) await claimJobs(partition, held)
}

test.each([1, 999, 1000, 1001, 2000, 2200])(
  '%i claimed jobs go back in order, before those that wait',
  async (jobs) => {
    const partition = await setup()
    const claimed = await partition.addMany(jobs, 1)
    await claimAll(partition, jobs)
    const waiting = await partition.addMany(3, 1)
    expect(await requeue(partition)).toBe('requeued')
    expect(await idsIn(partition, 'wait')).toEqual([...claimed, ...waiting])
    expect(await partition.redis.exists(partition.keys.active)).toBe(0)
    const locks = claimed.map((id) => `${partition.keys.jobBase}${id}:lock`)
    expect(await partition.redis.exists(...locks)).toBe(0)
  },
)

test('with nothing claimed it only changes the token', async () => {
  const partition = await setup()
  const ids = await partition.addMany(2, 1)
  expect(await requeue(partition)).toBe('requeued')
  expect(await idsIn(partition, 'wait')).toEqual(ids)
  expect(await partition.redis.get(partition.keys.lease)).toBe('worker#2')
})

test('the lease has the new token, for a whole ttl', async () => {
  const partition = await setup()
  await partition.redis.pexpire(partition.keys.lease, 5000)
  await requeue(partition)
  expect(await partition.redis.get(partition.keys.lease)).toBe('worker#2')
  expect(await partition.redis.pttl(partition.keys.lease)).toBeGreaterThan(5000)
})

test('afterwards the old token is refused by claim, settle and renew', async () => {
  const partition = await setup()
  const id = await partition.add(1)
  await claimJobs(partition)
  await requeue(partition)
  const { queue, leases, keys } = partition
  const claim = { token: 'worker#1', maxJobs: 1, maxBytes: 1, held: 0 }
  expect(await queue.claim(claim)).toEqual({ kind: 'lost' })
  const settle = { token: 'worker#1', jobs: [wholeJob(id, 1)] }
  expect(await queue.settle(settle)).toBe('lost')
  expect(await leases.renew(keys, ['worker#1'])).toMatchObject({ held: false, owner: 'worker#2' })
  expect(await leases.release(keys, ['worker#1'])).toMatchObject({ held: false })
  expect(await idsIn(partition, 'wait')).toEqual([id])
  expect(await countersOf(partition)).toEqual({ accepted: 1 })
  expect(await queue.delivered([memberAt(id, 0)])).toEqual([true])
})

test('a requeue whose reply was lost is repeated with every token that may hold', async () => {
  const partition = await setup()
  const id = await partition.add(1)
  await claimJobs(partition)
  await requeue(partition, 'worker#2', ['worker#1'])
  expect(await requeue(partition, 'worker#3', ['worker#1', 'worker#2'])).toBe('requeued')
  expect(await partition.redis.get(partition.keys.lease)).toBe('worker#3')
  expect(await idsIn(partition, 'wait')).toEqual([id])
})

test.each([['other#1'], [null]])('with the lease at %j nothing moves', async (owner) => {
  const partition = await setup()
  const id = await partition.add(1)
  await claimJobs(partition)
  const { redis, keys } = partition
  await (owner === null ? redis.del(keys.lease) : redis.set(keys.lease, owner))
  expect(await requeue(partition)).toBe('lost')
  expect(await redis.get(keys.lease)).toBe(owner)
  expect(await idsIn(partition, 'active')).toEqual([id])
  expect(await isLocked(partition, id)).toBe(true)
})

test('BullMQ is told of the waiting jobs by its marker', async () => {
  const partition = await setup()
  await partition.add(1)
  await claimJobs(partition)
  const { redis, keys } = partition
  await redis.del(keys.marker)
  await requeue(partition)
  expect(await redis.zrange(keys.marker, '0', '-1', 'WITHSCORES')).toEqual(['0', '0'])
})

test('the marker is not set for a paused queue, nor for an empty one', async () => {
  const partition = await setup()
  const { redis, keys, bull } = partition
  await requeue(partition)
  expect(await redis.exists(keys.marker)).toBe(0)
  await partition.add(1)
  await claimJobs(partition, 0, 1, 'worker#2')
  await bull.pause()
  await requeue(partition, 'worker#3', ['worker#2'])
  expect(await redis.exists(keys.marker)).toBe(0)
  await bull.resume()
  expect(await redis.exists(keys.marker)).toBe(1)
})

test('jobs that were put back twice are claimed in the order in which they were added', async () => {
  const partition = await setup()
  const ids = await partition.addMany(6, 1)
  await claimJobs(partition, 0, 4)
  await partition.queue.settle({ token: 'worker#1', jobs: [wholeJob(ids.at(1)!, 1)] })
  await requeue(partition)
  await claimJobs(partition, 0, 2, 'worker#2')
  await requeue(partition, 'worker#3', ['worker#2'])
  const jobs = await claimJobs(partition, 0, 200, 'worker#3')
  expect(jobs.map(({ id }) => id)).toEqual(ids.filter((_, at) => at !== 1))
  expect(jobs.map(({ claims }) => claims)).toEqual([3, 3, 2, 1, 1])
})

/** Ids of the claimed jobs that may have been sent before. */
const uncertainIn = async (partition: Partition, token: string): Promise<readonly string[]> => {
  const request = { token, maxJobs: 200, maxBytes: 1_000_000, held: 0 }
  const reply = await partition.queue.claim(request)
  if (reply.kind !== 'claimed') throw new Error(`the claim was ${reply.kind}`)
  return reply.jobs.filter(({ maybeDelivered }) => maybeDelivered).map(({ id }) => id)
}

test('of a dead owner every claimed job may have been in flight, and later claims tell so', async () => {
  const partition = await setup()
  const claimed = await partition.addMany(3, 1)
  await claimJobs(partition, 0)
  await partition.addMany(2, 1)
  await partition.queue.requeue('worker#2', ['worker#1'], TTL_MS, 'active')
  expect(await uncertainIn(partition, 'worker#2')).toEqual(claimed)
  await partition.queue.requeue('worker#3', ['worker#2'], TTL_MS, [])
  expect(await uncertainIn(partition, 'worker#3')).toEqual(claimed)
})

test('a session that knows names the jobs; one that is gone is not made again', async () => {
  const partition = await setup()
  const ids = await partition.addMany(3, 1)
  await claimJobs(partition, 0)
  await partition.queue.requeue('worker#2', ['worker#1'], TTL_MS, [ids[1]!, 'gone'])
  expect(await uncertainIn(partition, 'worker#2')).toEqual([ids[1]])
  expect(await partition.redis.exists(`${partition.keys.jobBase}gone`)).toBe(0)
})
