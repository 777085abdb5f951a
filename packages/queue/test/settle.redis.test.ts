// Settle: outcomes become durable in one step, any number of repeats change nothing, and a job leaves when its last
// position is settled. Dead letters have a file of their own.
import { expect, test } from 'vitest'

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
import type { SettledJob } from '../src/index.ts'

const setup = usePartitions()

const settle = async (
  { queue, token }: Partition,
  ...jobs: SettledJob[]
): Promise<'settled' | 'lost'> => await queue.settle({ token, jobs })

/** The job with only some of its positions. */
const part = (job: SettledJob, ...positions: number[]): SettledJob => {
  return { ...job, positions: job.positions.filter(({ position }) => positions.includes(position)) }
}

test('a job whose positions are all settled leaves with its hash and its lock', async () => {
  const partition = await setup()
  const id = await partition.add(3)
  await claimJobs(partition)
  expect(await settle(partition, wholeJob(id, 3))).toBe('settled')
  expect(await idsIn(partition, 'active')).toEqual([])
  expect(await isLocked(partition, id)).toBe(false)
  expect(await partition.bull.getJob(id)).toBeUndefined()
  expect(await countersOf(partition)).toEqual({ accepted: 3, delivered: 3 })
})

test('a settle that is repeated any number of times moves the counters once', async () => {
  const partition = await setup()
  const whole = await partition.add(2)
  const half = await partition.add(3)
  await claimJobs(partition)
  const dead = { jobId: half, count: 3, positions: [deadAt(half, 1, memberAt(half, 1))] }
  const jobs = [wholeJob(whole, 2, 'duplicate'), dead, part(wholeJob(half, 3), 0)]
  for (let time = 0; time < 4; time += 1) {
    expect(await settle(partition, ...jobs)).toBe('settled')
    expect(await countersOf(partition)).toEqual({
      accepted: 5,
      delivered: 1,
      duplicate: 2,
      dead: 1,
      deaths: 1,
    })
  }
  expect(await idsIn(partition, 'active')).toEqual([half])
})

test('the positions of a job may be settled one after another, in any order, by several settles', async () => {
  const partition = await setup()
  const id = await partition.add(4)
  await claimJobs(partition)
  const job = wholeJob(id, 4)
  const key = partition.keys.jobBase + id
  const seen: (string | null)[] = []
  for (const positions of [[2], [0], [0, 3], [1]]) {
    await settle(partition, part(job, ...positions))
    seen.push(await partition.redis.hget(key, 'rs'))
  }
  expect(seen).toEqual(['--d-', 'd-d-', 'd-dd', null])
  expect(await countersOf(partition)).toEqual({ accepted: 4, delivered: 4 })
  expect(await idsIn(partition, 'active')).toEqual([])
})

test('the first outcome of a position stands', async () => {
  const partition = await setup()
  const id = await partition.add(2)
  await claimJobs(partition)
  await settle(partition, part(wholeJob(id, 2), 0))
  await settle(partition, part(wholeJob(id, 2, 'duplicate'), 0))
  const dead = { jobId: id, count: 2, positions: [deadAt(id, 0, memberAt(id, 0))] }
  await settle(partition, dead)
  expect(await countersOf(partition)).toEqual({ accepted: 2, delivered: 1 })
  expect(await partition.redis.exists(partition.keys.dead)).toBe(0)
})

test('one settle takes positions of many jobs, a thousand in all', async () => {
  const partition = await setup()
  const ids = await partition.addMany(100, 10)
  await claimJobs(partition)
  const jobs = ids.map((id): SettledJob => wholeJob(id, 10))
  expect(await settle(partition, ...jobs)).toBe('settled')
  expect(await countersOf(partition)).toEqual({ accepted: 1000, delivered: 1000 })
  expect(await idsIn(partition, 'active')).toEqual([])
  const members = jobs.flatMap((job) => job.positions.map(({ member }) => member))
  expect(await partition.queue.delivered(members)).toEqual(members.map(() => true))
})

test('a thousand deaths fit in one settle', async () => {
  const partition = await setup()
  const ids = await partition.addMany(10, 100)
  await claimJobs(partition)
  const jobs = ids.map((jobId): SettledJob => {
    const positions = Array.from({ length: 100 }, (_, at) => deadAt(jobId, at, memberAt(jobId, at)))
    return { jobId, count: 100, positions }
  })
  expect(await settle(partition, ...jobs)).toBe('settled')
  expect(await countersOf(partition)).toEqual({ accepted: 1000, dead: 1000, deaths: 1000 })
  expect(await partition.redis.zcard(partition.keys.dead)).toBe(1000)
})

test.each(['worker#0', 'other#1', ''])(
  'with the token %j, which is not that of the lease, only the dedupe store is written',
  async (token) => {
    const partition = await setup()
    const id = await partition.add(2)
    await claimJobs(partition)
    const positions = [...wholeJob(id, 2).positions.slice(0, 1), deadAt(id, 1, memberAt(id, 1))]
    const jobs = [{ jobId: id, count: 2, positions }]
    expect(await partition.queue.settle({ token, jobs })).toBe('lost')
    expect(await partition.queue.delivered([memberAt(id, 0), memberAt(id, 1)])).toEqual([
      true,
      false,
    ])
    expect(await idsIn(partition, 'active')).toEqual([id])
    expect(await partition.redis.hget(partition.keys.jobBase + id, 'rs')).toBeNull()
    expect(await countersOf(partition)).toEqual({ accepted: 2 })
    expect(await partition.redis.exists(partition.keys.dead)).toBe(0)
  },
)

test('a job that somebody removed is not made again; its id and its lock go', async () => {
  const partition = await setup()
  const id = await partition.add(2)
  const other = await partition.add(1)
  await claimJobs(partition)
  const key = partition.keys.jobBase + id
  await partition.redis.del(key)
  expect(await settle(partition, part(wholeJob(id, 2), 0), wholeJob(other, 1))).toBe('settled')
  expect(await partition.redis.exists(key)).toBe(0)
  expect(await isLocked(partition, id)).toBe(false)
  expect(await idsIn(partition, 'active')).toEqual([])
  expect(await partition.queue.delivered([memberAt(id, 0)])).toEqual([true])
  expect(await countersOf(partition)).toEqual({ accepted: 3, delivered: 1 })
})

test('a full job whose id is not in active keeps its hash, and an empty settle clears it after the next claim', async () => {
  const partition = await setup()
  const id = await partition.add(2)
  await claimJobs(partition)
  await partition.redis.lmove(partition.keys.active, partition.keys.wait, 'RIGHT', 'RIGHT')
  await settle(partition, wholeJob(id, 2))
  expect(await countersOf(partition)).toEqual({ accepted: 2, delivered: 2 })
  expect(await partition.redis.hget(partition.keys.jobBase + id, 'rs')).toBe('dd')

  const [again] = await claimJobs(partition)
  expect(again).toMatchObject({ id, settled: 'dd' })
  await settle(partition, { jobId: id, count: 2, positions: [] })
  expect(await partition.redis.exists(partition.keys.jobBase + id)).toBe(0)
  expect(await isLocked(partition, id)).toBe(false)
  expect(await idsIn(partition, 'active')).toEqual([])
  expect(await countersOf(partition)).toEqual({ accepted: 2, delivered: 2 })
})

test('an empty settle leaves a job with open positions alone', async () => {
  const partition = await setup()
  const id = await partition.add(2)
  await claimJobs(partition)
  await settle(partition, part(wholeJob(id, 2), 1))
  await settle(partition, { jobId: id, count: 2, positions: [] })
  expect(await idsIn(partition, 'active')).toEqual([id])
  expect(await isLocked(partition, id)).toBe(true)
})

test('only the settled job leaves active; the others stay in order', async () => {
  const partition = await setup()
  const ids = await partition.addMany(5, 1)
  await claimJobs(partition)
  await settle(partition, wholeJob(ids.at(2)!, 1), wholeJob(ids.at(0)!, 1))
  expect(await idsIn(partition, 'active')).toEqual([ids.at(1), ids.at(3), ids.at(4)])
})

test.each([
  ['a death without a record', [{ position: 0, member: '1', outcome: 'dead' as const }]],
  ['a position beyond the count', [{ position: 2, member: '1', outcome: 'delivered' as const }]],
  [
    'a position twice',
    [
      { position: 1, member: '1', outcome: 'delivered' as const },
      { position: 1, member: '1', outcome: 'delivered' as const },
    ],
  ],
])('%s is a bug of the caller, and nothing is written', async (_fault, positions) => {
  const partition = await setup()
  const id = await partition.add(2)
  await claimJobs(partition)
  await expect(settle(partition, { jobId: id, count: 2, positions })).rejects.toThrow(RangeError)
  expect(await countersOf(partition)).toEqual({ accepted: 2 })
  expect(await partition.queue.delivered(['1'])).toEqual([false])
})

test('a settle of a lease that ended and was taken again by the same worker is lost', async () => {
  const partition = await setup()
  const id = await partition.add(1)
  await claimJobs(partition)
  await partition.queue.requeue('worker#2', ['worker#1'], TTL_MS)
  expect(await settle(partition, wholeJob(id, 1))).toBe('lost')
  expect(await idsIn(partition, 'wait')).toEqual([id])
  expect(await partition.queue.delivered([memberAt(id, 0)])).toEqual([true])
})
