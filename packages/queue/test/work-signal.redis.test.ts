// The signal on a real Redis: BullMQ's marker wakes an idle partition.
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { partitionKeys, WorkSignal } from '../src/index.ts'
import { claimJobs, TTL_MS, usePartitions } from './partition-setup.ts'
import type { Partition } from './partition-setup.ts'

const setup = usePartitions()

const openSignal = async ({ server, redis }: Partition): Promise<WorkSignal> => {
  const client = new Redis({ path: server.socketPath })
  await new Promise((resolve) => client.once('ready', resolve))
  const signal = new WorkSignal(client, async (id) => await redis.client('UNBLOCK', id))
  onTestFinished(async () => await signal.stop())
  return signal
}

const woken = async (signal: WorkSignal, marker: string): Promise<void> =>
  await new Promise<void>((resolve) => {
    signal.wait(marker, resolve)
  })

test('a job that BullMQ adds wakes the idle partition', async () => {
  const partition = await setup()
  const signal = await openSignal(partition)
  const wake = woken(signal, partition.keys.marker)
  const id = await partition.add(1)
  await wake
  expect(await claimJobs(partition)).toMatchObject([{ id }])
})

test('a job that was added before the wait began wakes it too', async () => {
  const partition = await setup()
  await partition.add(1)
  const signal = await openSignal(partition)
  await woken(signal, partition.keys.marker)
  expect(await claimJobs(partition)).toHaveLength(1)
})

test('jobs that another worker puts back wake the partition', async () => {
  const partition = await setup()
  await partition.add(1)
  await claimJobs(partition)
  const { redis, keys, queue } = partition
  await redis.del(keys.marker)
  const signal = await openSignal(partition)
  const wake = woken(signal, keys.marker)
  await queue.requeue('worker#2', ['worker#1'], TTL_MS)
  await wake
  expect(await claimJobs(partition, 0, 9, 'worker#2')).toHaveLength(1)
})

test('a partition that becomes idle during a pop is waited for as well', async () => {
  const partition = await setup()
  const signal = await openSignal(partition)
  const other = partitionKeys({ namespace: 'idle', generation: 1, partition: 0 })
  signal.wait(other.marker, () => undefined)
  const blocked = async (): Promise<boolean> =>
    String(await partition.redis.client('LIST')).includes('cmd=bzpopmin')
  await expect.poll(blocked).toBe(true)
  const wake = woken(signal, partition.keys.marker)
  await partition.add(1)
  await wake
  expect(await claimJobs(partition)).toHaveLength(1)
})

test('a wait that was cancelled is not woken', async () => {
  const partition = await setup()
  const signal = await openSignal(partition)
  const calls: string[] = []
  const { keys } = partition
  const other = partitionKeys({ namespace: 'idle', generation: 1, partition: 1 })
  signal.wait(keys.marker, () => calls.push('cancelled'))
  signal.cancel(keys.marker)
  await partition.add(1)
  const wake = woken(signal, other.marker)
  await partition.redis.zadd(other.marker, 0, '0')
  await wake
  expect(calls).toEqual([])
})
