// How scripts are run: loaded on each connection, called by their digest, never sent as text.
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { consumeScripts, leaseScripts, PartitionQueue, ScriptRunner } from '../src/index.ts'
import { claimJobs, usePartitions } from './partition-setup.ts'
import type { Partition } from './partition-setup.ts'

const setup = usePartitions()

const looks = async ({ queue }: Partition): Promise<boolean[]> => await queue.delivered(['1'])

test('after Redis has forgotten the scripts the next call rejects and the one after it works', async () => {
  const partition = await setup()
  await partition.redis.script('FLUSH')
  await expect(looks(partition)).rejects.toThrow(/^NOSCRIPT/)
  expect(await looks(partition)).toEqual([false])
})

test('calls that are already on their way when Redis has forgotten the scripts all reject', async () => {
  const partition = await setup()
  const id = await partition.add(1)
  await partition.redis.script('FLUSH')
  const { token } = partition
  const claim = partition.queue.claim({ token, maxJobs: 1, maxBytes: 1, held: 0 })
  const calls = await Promise.allSettled([claim, looks(partition), looks(partition)])
  expect(calls.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(await claimJobs(partition)).toMatchObject([{ id, claims: 1 }])
})

test('a new connection has the scripts, even to a Redis that was restarted', async () => {
  const partition = await setup()
  const { server } = partition
  const client = new Redis({ path: server.socketPath, enableOfflineQueue: false })
  onTestFinished(() => client.disconnect())
  client.on('error', () => undefined)
  const runner = new ScriptRunner(client, [...consumeScripts, ...leaseScripts])
  await new Promise((resolve) => client.once('ready', resolve))
  const again = new Promise((resolve) => client.once('ready', resolve))
  await server.kill()
  await server.restart()
  await again
  expect(await looks({ ...partition, queue: new PartitionQueue(runner, partition.keys) })).toEqual([
    false,
  ])
})

test('a runner that was detached loads nothing on later connections', async () => {
  const partition = await setup()
  const client = new Redis({ path: partition.server.socketPath })
  onTestFinished(() => client.disconnect())
  const runner = new ScriptRunner(client, leaseScripts)
  expect(client.listenerCount('ready')).toBe(1)
  runner.detach()
  expect(client.listenerCount('ready')).toBe(0)
})

test('every script is marked allow-oom, names itself, and is known to Redis by the digest of its text', async () => {
  const { redis } = await setup()
  const scripts = [...consumeScripts, ...leaseScripts]
  expect(scripts.map(({ name }) => name)).toEqual([
    'claim',
    'delivered',
    'settle',
    'requeue',
    'lease',
    'register',
  ])
  for (const { name, lua, sha } of scripts) {
    expect(lua.startsWith(`#!lua flags=allow-oom\n-- retention-relay ${name}\n`)).toBe(true)
    expect(await redis.script('LOAD', lua)).toBe(sha)
  }
})
