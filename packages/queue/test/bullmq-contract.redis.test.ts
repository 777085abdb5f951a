// The contract with BullMQ's layout, in both directions: what BullMQ adds we claim, what we put back BullMQ works on,
// and BullMQ's own tools leave claimed jobs alone. When one of these fails after an upgrade of BullMQ, its layout has
// changed: do not raise TESTED_LAYOUT before the scripts have followed.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import { Worker } from 'bullmq'
import type { Job } from 'bullmq'
import { expect, onTestFinished, test } from 'vitest'

import { QUEUE_NAME, TESTED_LAYOUT } from '../src/index.ts'
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

/** A stock Worker on the partition, as somebody might start by mistake. */
const startWorker = (
  { keys, server }: Partition,
  work: ((job: Job) => Promise<unknown>) | null,
  options: { stalledInterval?: number; concurrency?: number } = {},
): Worker => {
  const connection = { path: server.socketPath }
  const worker = new Worker(QUEUE_NAME, work, { connection, prefix: keys.prefix, ...options })
  worker.on('error', () => undefined)
  onTestFinished(async () => await worker.close(true))
  return worker
}

/** Takes a job by hand, under the token `stray`. */
const nextJob = async (worker: Worker): Promise<Job> => {
  const job = await worker.getNextJob('stray')
  if (job === undefined) throw new Error('the Worker found no job')
  return job
}

const nothing = async (): Promise<void> => undefined

/** Three claimed jobs, the second settled in part. */
const threeClaimed = async (partition: Partition): Promise<readonly [string, string, string]> => {
  const ids = [await partition.add(2), await partition.add(2), await partition.add(2)] as const
  await claimJobs(partition)
  const positions = wholeJob(ids[1], 2).positions.slice(0, 1)
  const settle = { token: partition.token, jobs: [{ jobId: ids[1], count: 2, positions }] }
  await partition.queue.settle(settle)
  return ids
}

/** Claimed jobs are what they were: in order, with their data, their bits and their locks. */
const expectUntouched = async (partition: Partition, ids: readonly string[]): Promise<void> => {
  expect(await idsIn(partition, 'active')).toEqual(ids)
  for (const id of ids) {
    const hash = await partition.redis.hgetall(partition.keys.jobBase + id)
    expect(hash).toMatchObject({ name: 'events-2', data: '{"v":1,"events":2}', rc: '1' })
    expect(await isLocked(partition, id)).toBe(true)
  }
}

test('bullmq is pinned to one exact version, the one that is tested', () => {
  const require = createRequire(import.meta.url)
  const installed: unknown = require('bullmq/package.json')
  expect(installed).toMatchObject({ version: TESTED_LAYOUT.replace('bullmq:', '') })
})

test('every package that depends on bullmq pins that version exactly', () => {
  const root = new URL('../../../', import.meta.url)
  const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as Lock
  const wanted = Object.entries(lock.packages).flatMap(
    ([path, { dependencies, devDependencies }]) =>
      path.includes('node_modules')
        ? []
        : [dependencies?.['bullmq'], devDependencies?.['bullmq']].filter(
            (range) => range !== undefined,
          ),
  )
  expect(wanted.length).toBeGreaterThanOrEqual(2)
  expect(new Set(wanted)).toEqual(new Set([TESTED_LAYOUT.replace('bullmq:', '')]))
})

interface Lock {
  readonly packages: Record<
    string,
    Record<'dependencies' | 'devDependencies', Record<string, string> | undefined>
  >
}

test('meta.version names the tested layout', async () => {
  const { leases, keys, redis, bull } = await setup()
  await bull.add('events-1', {})
  expect(await redis.hget(keys.meta, 'version')).toBe(TESTED_LAYOUT)
  expect(await leases.renew(keys, ['worker#1'])).toMatchObject({ layoutVersion: TESTED_LAYOUT })
})

test('what BullMQ adds is claimed with exactly its data', async () => {
  const partition = await setup()
  const data = { text: 'Grüße, 你好, 🎁 and a \u0000', deep: { list: [1, 2.5, null] } }
  await partition.bull.add('events-1', data, { jobId: 'c-1' })
  const [job] = await claimJobs(partition)
  expect(JSON.parse(String(job?.data))).toEqual(data)
  expect(await partition.bull.getActiveCount()).toBe(1)
  expect(await (await partition.bull.getJob('c-1'))?.getState()).toBe('active')
})

test('BullMQ takes an id once while its job waits, is claimed or is put back, and again after it is settled', async () => {
  const partition = await setup()
  const add = async (): Promise<unknown> =>
    await partition.bull.add('events-1', {}, { jobId: 'c-1' })
  await add()
  await add()
  await claimJobs(partition)
  await add()
  expect(await idsIn(partition, 'wait')).toEqual([])
  await partition.queue.requeue('worker#2', ['worker#1'], TTL_MS)
  await add()
  expect(await idsIn(partition, 'wait')).toEqual(['c-1'])
  await claimJobs(partition, 0, 200, 'worker#2')
  await partition.queue.settle({ token: 'worker#2', jobs: [wholeJob('c-1', 1)] })
  await add()
  expect(await idsIn(partition, 'wait')).toEqual(['c-1'])
})

test('what we put back a stock Worker works on, in order, woken by the marker', async () => {
  const partition = await setup()
  const ids = await partition.addMany(25, 1)
  await claimJobs(partition)
  const { redis, keys, queue } = partition
  await redis.del(keys.marker)
  const worked: string[] = []
  let finish = (): void => undefined
  const all = new Promise<void>((resolve) => {
    finish = resolve
  })
  const worker = startWorker(partition, async (job) => {
    worked.push(job.id ?? '')
    if (worked.length === ids.length) finish()
    return await nothing()
  })
  await worker.waitUntilReady()
  await queue.requeue('worker#2', ['worker#1'], TTL_MS)
  await all
  expect(worked).toEqual(ids)
})

test('jobs put back by us behind those that BullMQ adds later keep their place', async () => {
  const partition = await setup()
  const first = await partition.addMany(3, 1)
  await claimJobs(partition)
  const later = await partition.addMany(2, 1)
  await partition.queue.requeue('worker#2', ['worker#1'], TTL_MS)
  const worked: string[] = []
  for (let taken = 0; taken < 5; taken += 1) {
    const worker = startWorker(partition, null)
    const job = await nextJob(worker)
    worked.push(job.id ?? '')
    await job.moveToCompleted(null, 'stray', false)
    await worker.close()
  }
  expect(worked).toEqual([...first, ...later])
})

test('job.remove refuses a claimed job', async () => {
  const partition = await setup()
  const ids = await threeClaimed(partition)
  for (const id of ids) {
    const job = await partition.bull.getJob(id)
    await expect(job?.remove()).rejects.toThrow(/locked/)
  }
  await expectUntouched(partition, ids)
})

test('queue.clean leaves claimed jobs alone', async () => {
  const partition = await setup()
  const ids = await threeClaimed(partition)
  for (const state of ['active', 'wait', 'completed', 'failed', 'delayed', 'paused'] as const) {
    expect(await partition.bull.clean(0, 1000, state)).toEqual([])
  }
  await expectUntouched(partition, ids)
})

test('queue.drain takes what waits and leaves claimed jobs alone', async () => {
  const partition = await setup()
  const ids = await threeClaimed(partition)
  await partition.add(2)
  await partition.bull.drain(true)
  expect(await idsIn(partition, 'wait')).toEqual([])
  await expectUntouched(partition, ids)
})

test('queue.obliterate refuses while jobs are claimed, and leaves the queue paused', async () => {
  const partition = await setup()
  const ids = await threeClaimed(partition)
  await expect(partition.bull.obliterate()).rejects.toThrow(/active/)
  await expectUntouched(partition, ids)
  const claim = { token: 'worker#1', maxJobs: 1, maxBytes: 1, held: 3 }
  expect(await partition.queue.claim(claim)).toEqual({ kind: 'paused' })
})

test('queue.obliterate with force destroys claimed jobs, and nothing of ours: what is delivered stays a fact', async () => {
  const partition = await setup()
  const { queue, bull, keys, redis, token } = partition
  const ids = await threeClaimed(partition)
  await bull.obliterate({ force: true })
  expect(await idsIn(partition, 'active')).toEqual([])
  expect(await redis.get(keys.lease)).toBe(token)
  expect(await queue.settle({ token, jobs: [wholeJob(ids[0], 2)] })).toBe('settled')
  expect(await queue.delivered([memberAt(ids[0], 0), memberAt(ids[1], 0)])).toEqual([true, true])
  // The partition goes on, out of sync first.
  const next = await partition.add(1)
  const claim = { token, maxJobs: 9, maxBytes: 1e6, held: 2 }
  expect(await queue.claim(claim)).toEqual({ kind: 'out_of_sync', active: 0 })
  await queue.requeue('worker#2', [token], TTL_MS)
  await bull.resume()
  expect(await claimJobs(partition, 0, 9, 'worker#2')).toMatchObject([{ id: next }])
})

test('queue.retryJobs leaves claimed jobs alone', async () => {
  const partition = await setup()
  const ids = await threeClaimed(partition)
  await partition.bull.retryJobs({ state: 'failed' })
  await partition.bull.retryJobs({ state: 'completed' })
  await partition.bull.promoteJobs()
  await expectUntouched(partition, ids)
  expect(await idsIn(partition, 'wait')).toEqual([])
})

test("a stray Worker's sweep for stalled jobs moves a job without a lock and leaves claimed ones alone", async () => {
  const partition = await setup()
  const [first, decoy, last] = await threeClaimed(partition)
  await partition.redis.del(`${partition.keys.jobBase}${decoy}:lock`)
  const sweeper = startWorker(partition, null, { stalledInterval: 1 })
  await sweeper.startStalledCheckTimer()
  await expect.poll(async () => await idsIn(partition, 'wait')).toEqual([decoy])
  await sweeper.close()
  await expectUntouched(partition, [first, last])
})

test('a job that a stray Worker has taken is taken back in order, and the Worker cannot complete it', async () => {
  const partition = await setup()
  const claimed = await partition.addMany(2, 1)
  await claimJobs(partition)
  const [strayed, waiting] = [await partition.add(1), await partition.add(1)]
  const stray = startWorker(partition, null)
  const job = await nextJob(stray)
  expect(job.id).toBe(strayed)
  const claim = { token: 'worker#1', maxJobs: 9, maxBytes: 1e6, held: 2 }
  expect(await partition.queue.claim(claim)).toEqual({ kind: 'out_of_sync', active: 3 })
  await partition.queue.requeue('worker#2', ['worker#1'], TTL_MS)
  await expect(job.moveToCompleted(null, 'stray', false)).rejects.toThrow(/Missing lock|not locked/)
  expect(await idsIn(partition, 'wait')).toEqual([...claimed, strayed, waiting])
  expect(await partition.bull.getCompletedCount()).toBe(0)
})

test('queue.removeOrphanedJobs leaves claimed jobs and all keys of ours alone', async () => {
  const partition = await setup()
  const { redis, keys, bull, token, queue } = partition
  const gone = await partition.add(1)
  await redis.del(keys.jobBase + gone)
  const ids = await threeClaimed(partition)
  const deaths = [deadAt(ids[2], 0, memberAt(ids[2], 0))]
  await queue.settle({ token, jobs: [{ jobId: ids[2], count: 2, positions: deaths }] })
  const ours = async (): Promise<string[]> => (await redis.keys(`${keys.prefix}*`)).toSorted()
  const before = await ours()
  expect(before).toEqual(
    expect.arrayContaining([keys.lease, keys.counters, keys.orphans, keys.dead]),
  )
  await redis.hset(`${keys.jobBase}c-orphan`, 'name', 'events-1', 'data', '{}')
  expect(await bull.removeOrphanedJobs()).toBe(1)
  expect(await ours()).toEqual(before)
  await expectUntouched(partition, ids)
})

test('jobs that BullMQ delays or prioritises are never claimed, so that they show in its counts', async () => {
  const partition = await setup()
  await partition.bull.add('events-1', {}, { delay: 60_000 })
  await partition.bull.add('events-1', {}, { priority: 1 })
  expect(await claimJobs(partition)).toEqual([])
  expect(await partition.bull.getJobCounts('delayed', 'prioritized')).toEqual({
    delayed: 1,
    prioritized: 1,
  })
})

test('a whole life of a job leaves no job in any state of BullMQ', async () => {
  const partition = await setup()
  const ids = await partition.addMany(20, 2)
  await claimJobs(partition, 0, 10)
  await partition.queue.requeue('worker#2', ['worker#1'], TTL_MS)
  await claimJobs(partition, 0, 200, 'worker#2')
  await partition.queue.settle({ token: 'worker#2', jobs: ids.map((id) => wholeJob(id, 2)) })
  const counts = await partition.bull.getJobCounts()
  expect(Object.values(counts)).toEqual(Object.values(counts).map(() => 0))
  expect(await partition.redis.keys(`${partition.keys.jobBase}c-*`)).toEqual([])
  expect(await countersOf(partition)).toEqual({ accepted: 40, delivered: 40 })
})
