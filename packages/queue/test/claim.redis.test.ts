// Claim: which jobs move from `wait` to `active`, when none do, and what is counted.
import { replayJobName } from '@retention-relay/events'
import { expect, test } from 'vitest'

import {
  claimJobs,
  countersOf,
  idsIn,
  isLocked,
  usePartitions,
  wholeJob,
} from './partition-setup.ts'
import type { Partition } from './partition-setup.ts'

const setup = usePartitions()

const claim = async (
  partition: Partition,
  changes: { token?: string; maxJobs?: number; maxBytes?: number; held?: number } = {},
): Promise<unknown> => {
  const { token } = partition
  return await partition.queue.claim({ token, maxJobs: 200, maxBytes: 1e6, held: 0, ...changes })
}

test('jobs are claimed in the order in which BullMQ added them, with what BullMQ knows of them', async () => {
  const partition = await setup()
  const ids = await partition.addMany(5, 2)
  const jobs = await claimJobs(partition)
  expect(jobs.map((job) => job.id)).toEqual(ids)
  expect(await idsIn(partition, 'active')).toEqual(ids)
  expect(await idsIn(partition, 'wait')).toEqual([])
  const added = await partition.bull.getJob(ids.at(0)!)
  expect(jobs[0]).toEqual({
    id: ids[0],
    name: 'events-2',
    data: Buffer.from('{"v":1,"events":2}'),
    committedAt: added?.timestamp,
    claims: 1,
    settled: '',
    maybeDelivered: false,
  })
})

test('a claim takes no more jobs than it asks for', async () => {
  const partition = await setup()
  const ids = await partition.addMany(5, 1)
  const jobs = await claimJobs(partition, 0, 3)
  expect(jobs.map((job) => job.id)).toEqual(ids.slice(0, 3))
  expect(await idsIn(partition, 'wait')).toEqual(ids.slice(3))
})

test('a claim ends before the job that would cross its bound of bytes', async () => {
  const partition = await setup()
  const ids = await partition.addMany(3, 1)
  const bytes = Buffer.byteLength('{"v":1,"events":1}')
  expect(await claim(partition, { maxBytes: 2 * bytes })).toMatchObject({
    jobs: [{ id: ids[0] }, { id: ids[1] }],
  })
  expect(await claim(partition, { maxBytes: bytes - 1, held: 2 })).toMatchObject({
    jobs: [{ id: ids[2] }],
  })
})

test('a single job larger than the bound is claimed alone', async () => {
  const partition = await setup()
  const ids = await partition.addMany(2, 1)
  expect(await claim(partition, { maxBytes: 1 })).toMatchObject({ jobs: [{ id: ids[0] }] })
  expect(await idsIn(partition, 'wait')).toEqual([ids[1]])
})

test('when another number of jobs is active than the caller holds, nothing is claimed', async () => {
  const partition = await setup()
  const [first, second] = await partition.addMany(2, 1)
  await claimJobs(partition, 0, 1)
  expect(await claim(partition, { held: 0 })).toEqual({ kind: 'out_of_sync', active: 1 })
  expect(await claim(partition, { held: 2 })).toEqual({ kind: 'out_of_sync', active: 1 })
  expect(await idsIn(partition, 'active')).toEqual([first])
  expect(await idsIn(partition, 'wait')).toEqual([second])
})

test('nothing is claimed with another token than that of the lease, or without a lease', async () => {
  const partition = await setup()
  const ids = await partition.addMany(1, 1)
  expect(await claim(partition, { token: 'worker#2' })).toEqual({ kind: 'lost' })
  await partition.redis.del(partition.keys.lease)
  expect(await claim(partition)).toEqual({ kind: 'lost' })
  expect(await idsIn(partition, 'wait')).toEqual(ids)
  expect(await countersOf(partition)).toEqual({})
})

test('nothing is claimed from a queue that BullMQ paused, until BullMQ resumes it', async () => {
  const partition = await setup()
  const ids = await partition.addMany(1, 1)
  await partition.bull.pause()
  expect(await claim(partition)).toEqual({ kind: 'paused' })
  await partition.bull.resume()
  expect(await claim(partition)).toMatchObject({ jobs: [{ id: ids[0] }] })
})

test('a claim from an empty queue finds no jobs', async () => {
  const partition = await setup()
  expect(await claim(partition)).toEqual({ kind: 'claimed', jobs: [] })
})

test('ids without a job hash are set apart and counted, and do not stop what is behind them', async () => {
  const partition = await setup()
  const [gone, alive] = await partition.addMany(2, 1)
  await partition.redis.del(partition.keys.jobBase + gone)
  const jobs = await claimJobs(partition)
  expect(jobs.map((job) => job.id)).toEqual([alive])
  expect(await partition.redis.lrange(partition.keys.orphans, 0, -1)).toEqual([gone])
  expect(await countersOf(partition)).toEqual({ accepted: 1, orphans: 1 })
})

test('the list of orphans keeps the newest thousand; its counter knows them all', async () => {
  const partition = await setup()
  const { keys, redis } = partition
  await redis.lpush(keys.wait, ...Array.from({ length: 1200 }, (_, index) => `gone-${index}`))
  const ids = await partition.addMany(1, 1)
  expect(await claimJobs(partition)).toEqual([])
  const jobs = await claimJobs(partition)
  expect(jobs.map((job) => job.id)).toEqual(ids)
  expect(await redis.llen(keys.orphans)).toBe(1000)
  expect(await redis.lindex(keys.orphans, 0)).toBe('gone-1199')
  expect(await countersOf(partition)).toEqual({ accepted: 1, orphans: 1200 })
})

test("every claimed job has BullMQ's lock, and it does not expire", async () => {
  const partition = await setup()
  const claimed = await partition.add(1)
  const waiting = await partition.add(1)
  await claimJobs(partition, 0, 1)
  const lock = `${partition.keys.jobBase}${claimed}:lock`
  expect(await partition.redis.get(lock)).toBe(partition.token)
  expect(await partition.redis.ttl(lock)).toBe(-1)
  expect(await isLocked(partition, waiting)).toBe(false)
})

test('events are counted as accepted once, however often their job is claimed', async () => {
  const partition = await setup()
  await partition.add(7)
  await partition.add(200)
  for (const round of [1, 2, 3]) {
    const jobs = await claimJobs(partition, 0, 200, `worker#${round}`)
    expect(jobs.map((job) => job.claims)).toEqual([round, round])
    await partition.queue.requeue(`worker#${round + 1}`, [`worker#${round}`], 60_000)
  }
  expect(await countersOf(partition)).toEqual({ accepted: 207 })
})

test('events that are sent again by a person are counted as replayed, not as accepted', async () => {
  const partition = await setup()
  await partition.add(5, replayJobName(5))
  await partition.add(2)
  await claimJobs(partition)
  expect(await countersOf(partition)).toEqual({ accepted: 2, replayed: 5 })
})

test.each([
  'greeting',
  'events',
  'events-',
  'events-0',
  'events-007',
  'events-201',
  'events-99999999999999999999999999',
  'replay-201',
  'my-events-7',
  'events-7-again',
  'events--7',
  'EVENTS-7',
])('a job with the foreign name %s counts as one event, as it is settled', async (name) => {
  const partition = await setup()
  const id = await partition.add(1, name)
  await claimJobs(partition)
  const jobs = [wholeJob(id, 1)]
  await partition.queue.settle({ token: partition.token, jobs })
  expect(await countersOf(partition)).toEqual({ accepted: 1, delivered: 1 })
})

test('a job that was settled in part is claimed with its settled positions', async () => {
  const partition = await setup()
  const id = await partition.add(3)
  await claimJobs(partition)
  const delivered = wholeJob(id, 3).positions.slice(0, 1)
  const duplicate = wholeJob(id, 3, 'duplicate').positions.slice(1, 2)
  const positions = [...delivered, ...duplicate]
  await partition.queue.settle({ token: 'worker#1', jobs: [{ jobId: id, count: 3, positions }] })
  await partition.queue.requeue('worker#2', ['worker#1'], 60_000)
  const [job] = await claimJobs(partition, 0, 200, 'worker#2')
  expect(job).toMatchObject({ id, claims: 2, settled: 'du-' })
})
