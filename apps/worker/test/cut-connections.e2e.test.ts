// Setup: 6,000 jobs of 300 customers; one worker behind a proxy to a real Redis.
// Timeline: while the jobs drain, 25 times the worker's connection is cut; in half of the cuts Redis has carried the
//   command out and only the reply is lost.
// Proves: out of sync means requeue. No job stays in `active`, none is overtaken, none is sent twice.

import { partitionKeys } from '@retention-relay/queue'
import { startMock } from '@retention-relay/mock-customerio'
import { startFaultProxy, startTestRedis, until } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { addSingleEventJobs, NAMESPACE, startWorkerProcess } from './worker-process.ts'

const JOBS = 6000
const CUTS = 25

test('25 cut connections strand no job, overtake none and double none', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = new Redis(redis.socketPath)
  onTestFinished(() => client.disconnect())
  const proxy = await startFaultProxy({ target: redis, onEnd: onTestFinished })
  const mock = await startMock({ latencyMs: 20 })
  onTestFinished(() => mock.close())
  await addSingleEventJobs(client, JOBS, 300)

  const worker = startWorkerProcess(proxy.url(), mock, onTestFinished)
  for (let cut = 1; cut <= CUTS; cut += 1) {
    await mock.waitFor(({ applied }) => applied >= (cut * JOBS) / (CUTS + 2))
    if (cut % 2 === 0) await proxy.cut({ after: 'request', match: 'evalsha' })
    else await proxy.cutAll()
  }
  await mock.waitFor(({ applied }) => applied === JOBS)

  await until(async () => (await openJobs(client)) === 0)
  const { exitCode } = { exitCode: await worker.kill('SIGTERM') }
  expect(exitCode).toEqual({ code: 0, signal: null })
  expect(mock.summary()).toMatchObject({
    applied: JOBS,
    received: JOBS,
    duplicates: 0,
    inversions: 0,
    doubled: 0,
    overlaps: 0,
  })
  expect(
    worker.lines.filter((line) => line.includes('consumer.out_of_sync')).length,
  ).toBeGreaterThan(0)
  expect(await countersOf(client)).toEqual({ accepted: JOBS, delivered: JOBS })
})

async function openJobs(client: Redis): Promise<number> {
  let open = 0
  for (const keys of everyPartition())
    open += (await client.llen(keys.wait)) + (await client.llen(keys.active))
  return open
}

async function countersOf(client: Redis): Promise<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const keys of everyPartition()) {
    for (const [name, count] of Object.entries(await client.hgetall(keys.counters))) {
      sums[name] = (sums[name] ?? 0) + Number(count)
    }
  }
  return sums
}

function everyPartition(): ReturnType<typeof partitionKeys>[] {
  return Array.from({ length: 16 }, (_, partition) =>
    partitionKeys({ namespace: NAMESPACE, generation: 1, partition }),
  )
}
