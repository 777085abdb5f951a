// The status of a namespace, on a real Redis whose state was made by BullMQ and by the relay's own scripts.

import { MOST_WAITING, QUEUE_NAME } from '@retention-relay/queue'
import { startTestRedis } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'
import { Queue, Worker } from 'bullmq'
import type { Job } from 'bullmq'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'

import { readStatus } from '../src/index.ts'
import type { RelayStatus } from '../src/index.ts'
import { makeEvent, RelayBench } from './relay-bench.ts'

let redis: TestRedis
let count = 0
const open: RelayBench[] = []

beforeAll(async () => {
  redis = await startTestRedis()
})
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close()
})
afterAll(async () => redis.stop())

async function setup(partitions = 2): Promise<RelayBench> {
  count += 1
  const bench = await RelayBench.open(redis, `status-${count}`, partitions)
  open.push(bench)
  return bench
}

async function statusOf(bench: RelayBench): Promise<RelayStatus> {
  const status = await readStatus(bench.connection, bench.namespace)
  if (status === null) throw new Error('the namespace is not known')
  return status
}

const events = (number: number): ReturnType<typeof makeEvent>[] =>
  Array.from({ length: number }, () => makeEvent('cus_1'))

test('a namespace that nobody has opened has no status, and looking does not found it', async () => {
  const bench = await setup()
  expect(await readStatus(bench.connection, 'never-opened')).toBeNull()
  expect(await bench.client.keys('*never-opened*')).toEqual([])
})

test('a new namespace is empty, balanced and without findings', async () => {
  const status = await statusOf(await setup(3))
  expect(status.partitions).toHaveLength(3)
  expect(status.workers).toEqual([])
  expect(status.findings).toEqual([])
  expect(status.totals).toMatchObject({
    waitingJobs: 0,
    activeJobs: 0,
    pending: { events: 0, exact: true },
    oldestAgeMs: null,
    balance: { kind: 'balanced' },
  })
})

test('waiting events are counted by the names of their jobs, before anybody has claimed them', async () => {
  const bench = await setup()
  await bench.add(0, events(7))
  await bench.add(1, events(5))
  const { partitions, totals, findings } = await statusOf(bench)
  expect(partitions.map(({ pending }) => pending.events)).toEqual([7, 5])
  expect(totals.pending).toEqual({ events: 12, exact: true })
  expect(totals.accepted).toEqual({ events: 12, exact: true })
  expect(totals.counters.accepted).toBe(0)
  expect(totals.balance).toEqual({ kind: 'balanced' })
  expect(findings.map(({ level, code }) => `${level} ${code}`)).toEqual(['note no_owner'])
})

test('pending shrinks with each settled position, and the counts add up in between', async () => {
  const bench = await setup()
  await bench.add(0, events(4))
  const consumer = await bench.lease(0, 'worker-a')
  const job = await consumer.claimOne()
  await consumer.settle(job, 0, 'delivered')
  await consumer.settle(job, 2, 'dead')
  const { partitions } = await statusOf(bench)
  expect(partitions[0]).toMatchObject({
    owner: { worker: 'worker-a', epoch: '1' },
    activeJobs: 1,
    waitingJobs: 0,
    pending: { events: 2, exact: true },
    counters: { accepted: 4, delivered: 1, dead: 1, deaths: 1 },
    balance: { kind: 'balanced' },
  })
})

test('a requeued job counts once, beside jobs that were never claimed', async () => {
  const bench = await setup()
  await bench.add(0, events(3))
  await bench.add(0, events(2))
  const consumer = await bench.lease(0)
  const job = await consumer.claimOne()
  await consumer.settle(job, 1, 'delivered')
  await consumer.queue.requeue('worker-a#2', [consumer.token], 60_000)
  const { partitions } = await statusOf(bench)
  expect(partitions[0]).toMatchObject({
    activeJobs: 0,
    waitingJobs: 2,
    pending: { events: 4, exact: true },
    counters: { accepted: 3, delivered: 1 },
    balance: { kind: 'balanced' },
  })
})

test('the oldest age is that of the job committed first, wherever it is', async () => {
  const bench = await setup()
  const first = await bench.add(0, events(1))
  await bench.add(0, events(1))
  await bench.client.hset(`${bench.keys(0).jobBase}${first}`, 'timestamp', Date.now() - 3_600_000)
  const waiting = await statusOf(bench)
  const consumer = await bench.lease(0)
  await consumer.claim(1)
  const claimed = await statusOf(bench)
  for (const { totals, partitions } of [waiting, claimed]) {
    expect(totals.oldestAgeMs).toBeGreaterThanOrEqual(3_600_000)
    expect(totals.oldestAgeMs).toBeLessThan(3_700_000)
    expect(partitions[1]?.oldestAgeMs).toBeNull()
  }
})

test('of very many waiting jobs a sample is read, and the count says that it is an estimate', async () => {
  const bench = await setup(1)
  const jobs = MOST_WAITING * 3
  const queue = bench.queueOf(0)
  const names = Array.from({ length: jobs }, () => ({ name: 'events-5', data: {} }))
  await queue.addBulk(names)
  const { totals } = await statusOf(bench)
  expect(totals.waitingJobs).toBe(jobs)
  expect(totals.pending).toEqual({ events: 5 * jobs, exact: false })
  expect(totals.balance).toEqual({ kind: 'balanced' })
})

test('a claimed job whose content another tool removed is missed', async () => {
  const bench = await setup()
  const id = await bench.add(0, events(3))
  const consumer = await bench.lease(0)
  await consumer.claim()
  await bench.client.del(`${bench.keys(0).jobBase}${id}`)
  const { totals, findings } = await statusOf(bench)
  expect(totals.balance).toEqual({ kind: 'off', difference: 3 })
  const faults = findings.map(({ level, code, partition }) => `${level} ${code} ${partition}`)
  expect(faults).toEqual(['fault unbalanced 0', 'fault missing_jobs 0'])
})

test('jobs where the relay never puts any, and names that are not ours, are faults', async () => {
  const bench = await setup()
  await bench.queueOf(1).add('send-mail', {})
  await bench.queueOf(1).add('events-1', {}, { delay: 3_600_000 })
  await bench.queueOf(1).add('events-1', {}, { priority: 5 })
  const { findings } = await statusOf(bench)
  const faults = findings.filter(({ level }) => level === 'fault')
  expect(faults.map(({ code, partition }) => `${code} ${partition}`).toSorted()).toEqual([
    'foreign_name 1',
    'foreign_state 1',
    'foreign_state 1',
  ])
  expect(faults.map(({ message }) => message).join('\n')).toMatch(
    /(?=[\s\S]*"delayed")(?=[\s\S]*"prioritized")(?=[\s\S]*send-mail)/,
  )
})

test('what a dashboard and a stray Worker do to a queue is told, and a claimed job is not taken for theirs', async () => {
  const bench = await setup(1)
  for (let jobs = 0; jobs < 4; jobs += 1) await bench.add(0, events(1))
  const consumer = await bench.lease(0)
  await consumer.claim(1)
  const codes = async (): Promise<string[]> =>
    (await statusOf(bench)).findings.map(({ level, code }) => `${level} ${code}`)
  expect(await codes()).toEqual([])

  const connection = { path: redis.socketPath }
  const { prefix } = bench.keys(0)
  const dashboard = new Queue(QUEUE_NAME, { prefix, connection })
  const stray = new Worker(QUEUE_NAME, null, { prefix, connection })
  onTestFinished(async () => {
    await stray.close(true)
    await dashboard.close()
  })
  await dashboard.waitUntilReady()
  expect(await codes()).toEqual(['note event_stream'])
  const [first, second, third] = [await take(stray), await take(stray), await take(stray)]
  expect(await codes()).toEqual(['fault stray_claim', 'note event_stream'])
  await first.moveToCompleted(null, 'stray', false)
  await second.moveToFailed(new Error('no'), 'stray', false)
  await third.moveToDelayed(Date.now() + 3_600_000, 'stray')
  const status = await statusOf(bench)
  expect(status.findings.map(({ code, message }) => `${code} ${message}`).toSorted()).toEqual([
    expect.stringMatching(/^event_stream /),
    expect.stringMatching(/^foreign_state .*"completed".* 1;/),
    expect.stringMatching(/^foreign_state .*"delayed".* 1;/),
    expect.stringMatching(/^foreign_state .*"failed".* 1;/),
  ])
  expect(status.partitions[0]).toMatchObject({ activeJobs: 1 })
})

async function take(stray: Worker): Promise<Job> {
  const job = await stray.getNextJob('stray')
  if (job === undefined) throw new Error('the Worker found no job')
  return job
}

test('a paused partition is reported, and its jobs still count as pending', async () => {
  const bench = await setup()
  await bench.add(1, events(2))
  await bench.queueOf(1).pause()
  const { totals, findings, partitions } = await statusOf(bench)
  expect(totals).toMatchObject({ pausedPartitions: 1, pending: { events: 2, exact: true } })
  expect(partitions.map(({ paused }) => paused)).toEqual([false, true])
  expect(findings.map(({ code }) => code)).toContain('paused')
})

test('only workers whose entry has not lapsed are live', async () => {
  const bench = await setup()
  const key = `{relay:${bench.namespace}}:workers`
  const nowMs = Date.now()
  await bench.client.zadd(key, nowMs - 1, 'lapsed', nowMs + 60_000, 'worker-b')
  await bench.client.zadd(key, nowMs + 60_000, 'worker-a')
  expect((await statusOf(bench)).workers).toEqual(['worker-a', 'worker-b'])
})

test('a look changes nothing', async () => {
  const bench = await setup()
  await bench.add(0, events(2))
  const consumer = await bench.lease(0)
  await consumer.claim()
  const find = async (): Promise<string[]> =>
    (await bench.client.keys(`*${bench.namespace}*`)).toSorted()
  const keys = await find()
  const dumps = await Promise.all(keys.map((key) => bench.client.dumpBuffer(key)))
  await statusOf(bench)
  expect(await find()).toEqual(keys)
  expect(await Promise.all(keys.map((key) => bench.client.dumpBuffer(key)))).toEqual(dumps)
})
