// A Redis at `maxmemory` with `noeviction`: it refuses every plain write, and gets room only when events are
// delivered. So everything that a worker does must go on.
import { dedupeMember } from '@retention-relay/events'
import { beforeEach, expect, test } from 'vitest'

import { namespaceKeys } from '../src/index.ts'
import {
  claimJobs,
  countersOf,
  deadAt,
  idsIn,
  memberAt,
  TTL_MS,
  usePartitions,
  wholeJob,
  registryOf,
} from './partition-setup.ts'
import type { Partition } from './partition-setup.ts'

const setup = usePartitions()
let partition: Partition

beforeEach(async () => {
  partition = await setup()
  await partition.redis.config('SET', 'maxmemory', '0')
})

/** From now on Redis is full. */
const fill = async ({ redis }: Partition): Promise<void> => {
  await redis.config('SET', 'maxmemory', '1')
  await expect(redis.set('plain', 'write')).rejects.toThrow(/^OOM/)
  await expect(partition.add(1)).rejects.toThrow(/OOM/)
}

test('a full Redis is drained completely', async () => {
  const ids = await partition.addMany(2000, 3)
  await fill(partition)
  const drained: string[] = []
  for (;;) {
    const jobs = await claimJobs(partition)
    if (jobs.length === 0) break
    drained.push(...jobs.map(({ id }) => id))
    const members = jobs.flatMap(({ id }) => [0, 1, 2].map((position) => memberAt(id, position)))
    expect(await partition.queue.delivered(members)).not.toContain(true)
    const settle = { token: 'worker#1', jobs: jobs.map(({ id }) => wholeJob(id, 3)) }
    expect(await partition.queue.settle(settle)).toBe('settled')
  }
  expect(drained).toEqual(ids)
  expect(await countersOf(partition)).toEqual({ accepted: 6000, delivered: 6000 })
  const left = await partition.redis.keys(`${partition.keys.jobBase}c-*`)
  expect(left).toEqual([])
})

test('jobs are put back on a full Redis', async () => {
  const ids = await partition.addMany(1500, 1)
  for (let held = 0; held < 1500; held += 200) await claimJobs(partition, held)
  await fill(partition)
  expect(await partition.queue.requeue('worker#2', ['worker#1'], TTL_MS)).toBe('requeued')
  expect(await idsIn(partition, 'wait')).toEqual(ids)
})

test('dead letters are kept on a full Redis', async () => {
  const id = await partition.add(2)
  await claimJobs(partition)
  await fill(partition)
  const positions = [0, 1].map((at) => deadAt(id, at, dedupeMember(`dead ${at}`)))
  await partition.queue.settle({ token: 'worker#1', jobs: [{ jobId: id, count: 2, positions }] })
  expect(await partition.redis.zcard(partition.keys.dead)).toBe(2)
  expect(await countersOf(partition)).toEqual({ accepted: 2, dead: 2, deaths: 2 })
})

test('leases are taken, renewed and released, and workers registered, on a full Redis', async () => {
  await fill(partition)
  const { leases, keys, runner } = partition
  expect(await leases.release(keys, ['worker#1'])).toMatchObject({ held: true })
  expect(await leases.acquire(keys, 'worker#2')).toMatchObject({ held: true })
  expect(await leases.renew(keys, ['worker#2'])).toMatchObject({ held: true })
  const registry = registryOf(runner, namespaceKeys('full'), 'worker')
  expect((await registry.register()).live).toEqual(['worker'])
  expect((await registry.leave()).live).toEqual([])
})

test('an id without a job hash does not stop a full Redis', async () => {
  const gone = await partition.add(1)
  const alive = await partition.add(1)
  await partition.redis.del(partition.keys.jobBase + gone)
  await fill(partition)
  expect(await claimJobs(partition)).toMatchObject([{ id: alive }])
  expect(await countersOf(partition)).toEqual({ accepted: 1, orphans: 1 })
})

test('scripts are loaded on a full Redis', async () => {
  await fill(partition)
  await partition.redis.script('FLUSH')
  await expect(partition.queue.delivered(['1'])).rejects.toThrow(/^NOSCRIPT/)
  expect(await partition.queue.delivered(['1'])).toEqual([false])
})
