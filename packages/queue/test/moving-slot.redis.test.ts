// A slot of a Cluster that moves while a partition is drained: some of its keys are here and some there. A script that ran
// then would stop at the first key that has moved, after its first writes, or would take a key that is to come for one
// that is not there. So none runs until the move is done.

import { startRedisCluster } from '@retention-relay/testkit'
import type { RedisCluster } from '@retention-relay/testkit'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'

import {
  awaitRedis,
  closeRedisClient,
  consumeScripts,
  createRedisClient,
  findUnidentified,
  identifiedScripts,
  leaseScripts,
  LeaseStore,
  partitionKeys,
  PartitionQueue,
  readTombstones,
  ScriptRunner,
  tombstoneScripts,
  writeTombstones,
} from '../src/index.ts'
import { customerTag, identifiedKey, tombstoneKey } from '../src/keys.ts'
import type { PartitionKeys, RedisClient, SettledJob } from '../src/index.ts'
import { deadAt, memberAt, openBull, TTL_MS, wholeJob } from './partition-setup.ts'
import { SlotMove } from './slot-move.ts'

const JOBS = ['c-1', 'c-2', 'c-3', 'c-4', 'c-5']

/** Redis' answers while the slot moves, of which ioredis tells the last. */
const MOVING = /ReplyError: (?:TRYAGAIN|ASK|MOVED) /

let cluster: RedisCluster
let client: RedisClient
let runner: ScriptRunner
beforeAll(async () => {
  cluster = await startRedisCluster({ masters: 2, onEnd: afterAll })
  client = createRedisClient(cluster.addresses, { name: 'test' })
  await awaitRedis(client, { timeoutMs: 20_000 })
  runner = new ScriptRunner(client, [
    ...consumeScripts,
    ...leaseScripts,
    ...identifiedScripts,
    ...tombstoneScripts,
  ])
  await runner.load()
})
afterAll(() => closeRedisClient(client))

/** The keys of the slot that have moved. */
type Moved = (all: readonly string[], keys: PartitionKeys) => readonly string[]

const isOfJob = (key: string): boolean => key.includes(':events:c-')

it.each<[string, Moved]>([
  ['no key', () => []],
  ['one job', (_, { jobBase }) => [`${jobBase}c-3`]],
  ['one lock', (_, { jobBase }) => [`${jobBase}c-2:lock`]],
  ['the last waiting job', (_, { jobBase }) => [`${jobBase}c-5`]],
  ['what was delivered', (all, { dedupe }) => all.filter((key) => key.startsWith(`${dedupe}:`))],
  ['every key but those of jobs', (all) => all.filter((key) => !isOfJob(key))],
  ['every key but one job', (all, { jobBase }) => all.filter((key) => key !== `${jobBase}c-3`)],
  ['every key', (all) => all],
])('while %s has moved no script of a partition runs; then all go on', async (moved, movedKeys) => {
  const keys = partitionKeys({
    namespace: moved.replaceAll(' ', '-'),
    generation: 1,
    partition: 0,
  })
  const queue = await drainedInPart(keys)
  const move = new SlotMove(client, keys.prefix)
  await move.begin()
  await move.carry(movedKeys(await move.keys(), keys))
  const before = await move.content()
  const calls = await Promise.allSettled([
    queue.settle({ token: 'worker#1', jobs: [wholeJob('c-2', 2), wholeJob('c-3', 2)] }),
    queue.claim({ token: 'worker#1', maxJobs: 9, maxBytes: 1_000_000, held: 2 }),
    queue.delivered([memberAt('c-1', 0)]),
    queue.requeue('worker#2', ['worker#1'], TTL_MS, 'active'),
  ])
  expect(calls.map(reasonOf)).toEqual(calls.map(() => expect.stringMatching(MOVING)))
  expect(await move.content()).toEqual(before)
  await move.end()
  expect(await queue.delivered([memberAt('c-1', 0)])).toEqual([true])
  await drainRest(queue)
  expect(await client.hgetall(keys.counters)).toEqual({
    accepted: '10',
    delivered: '9',
    dead: '1',
    deaths: '1',
  })
  expect(await client.exists(keys.active, keys.wait)).toBe(0)
})

it('who was identified is not asked of a master that does not have the customers yet', async () => {
  const look = { identified: ['cus_1'], asked: [] }
  await findUnidentified(runner, 'moving', look)
  const move = new SlotMove(client, identifiedKey('moving', customerTag('cus_1')))
  await move.begin()
  const asked = findUnidentified(runner, 'moving', { identified: [], asked: ['cus_1'] })
  await expect(asked).rejects.toThrow(MOVING)
  await move.end()
  const again = await findUnidentified(runner, 'moving', { identified: [], asked: ['cus_1'] })
  expect(again).toEqual(new Set())
})

it('tombstones are read wherever they are', async () => {
  const [first, second, third] = ['00', '40', '80'].map((start) => start.padEnd(32, 'a'))
  const marks = [first!, second!, third!]
  const bury = { occurredAt: 5, id: 'order', ttlMs: 60_000 }
  await writeTombstones(runner, 'graves', { ...bury, marks: [first!, second!] })
  const found = new Map([
    [first, 5],
    [second, 5],
  ])
  const key = tombstoneKey('graves', first!)
  const move = new SlotMove(client, key)
  await move.begin()
  expect(await readTombstones(client, 'graves', marks)).toEqual(found)
  await move.carry([key])
  expect(await readTombstones(client, 'graves', marks)).toEqual(found)
  await move.end()
  expect(await readTombstones(client, 'graves', marks)).toEqual(found)
})

it('a lease is renewed wherever its keys are together', async () => {
  const keys = partitionKeys({ namespace: 'lease', generation: 1, partition: 0 })
  await drainedInPart(keys)
  const leases = new LeaseStore(runner, 'worker', TTL_MS)
  const move = new SlotMove(client, keys.prefix)
  await move.begin()
  expect(await leases.renew(keys, ['worker#1'])).toMatchObject({ held: true })
  await move.carry([keys.lease, keys.meta, keys.leaseRun])
  expect(await leases.renew(keys, ['worker#1'])).toMatchObject({ held: true })
  await move.end()
})

/** Three jobs were claimed; of the first one event is delivered and one dead, and every key that there may be is there. */
const drainedInPart = async (keys: PartitionKeys): Promise<PartitionQueue> => {
  const bull = openBull(keys, client)
  onTestFinished(() => bull.close())
  for (const jobId of JOBS) await bull.add('events-2', { v: 1 }, { jobId })
  await client.lpush(keys.orphans, 'c-0')
  await new LeaseStore(runner, 'worker', TTL_MS).acquire(keys, 'worker#1')
  const queue = new PartitionQueue(runner, keys)
  await queue.claim({ token: 'worker#1', maxJobs: 3, maxBytes: 1_000_000, held: 0 })
  await queue.settle({ token: 'worker#1', jobs: [firstJob()] })
  return queue
}

const firstJob = (): SettledJob => {
  const [delivered] = wholeJob('c-1', 2).positions
  return {
    jobId: 'c-1',
    count: 2,
    positions: [delivered!, deadAt('c-1', 1, memberAt('c-1', 1))],
  }
}

const drainRest = async (queue: PartitionQueue): Promise<void> => {
  expect(await queue.requeue('worker#2', ['worker#1'], TTL_MS, 'active')).toBe('requeued')
  const all = { token: 'worker#2', maxJobs: 9, maxBytes: 1_000_000, held: 0 }
  const claimed = await queue.claim(all)
  const ids = claimed.kind === 'claimed' ? claimed.jobs.map(({ id }) => id) : []
  expect(ids).toEqual(JOBS.slice(1))
  await queue.settle({ token: 'worker#2', jobs: ids.map((id) => wholeJob(id, 2)) })
}

const reasonOf = (call: PromiseSettledResult<unknown>): string =>
  call.status === 'rejected' ? String(call.reason) : 'ran'
