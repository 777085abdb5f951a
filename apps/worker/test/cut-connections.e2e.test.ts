// Setup: 200 customers with 12 operations each, tracks and identifies between profile operations, in jobs that are
//   settled in parts; one worker behind a proxy to a real Redis.
// Timeline: while they drain, the worker's connections are cut 60 times; in half of the cuts Redis has carried the
//   command out and only its reply is lost, each time another command's.
// Proves: out of sync means requeue. No job stays in `active`, nothing is overtaken, nothing is sent twice, not even a
//   profile operation, which nobody would deduplicate.

import { startMock } from '@retention-relay/mock-customerio'
import type { FaultProxy } from '@retention-relay/testkit'
import { startFaultProxy, startTestRedis, until } from '@retention-relay/testkit'
import { consumeScripts } from '@retention-relay/queue'
import { expect, onTestFinished, test } from 'vitest'

import { addLives, lived, makeLives, told } from './customer-lives.ts'
import { PartitionOutside } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const CUTS = 60
const PARTITIONS = 4
const LIVES = makeLives(200)
const OPERATIONS = [...LIVES.values()].flat().length

test('60 cut connections strand no job, overtake nothing and double nothing', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const proxy = await startFaultProxy({ target: redis, onEnd: onTestFinished })
  const mock = await startMock({ latencyMs: 10 })
  onTestFinished(() => mock.close())
  const numbers = Array.from({ length: PARTITIONS }, (_, number) => number)
  const partitions = numbers.map((number) => new PartitionOutside(redis, 'cuts', number))
  await addLives(LIVES, partitions)

  const worker = new ObservedWorker({
    ...settingsOf('cuts', mock),
    RELAY_PARTITIONS: String(PARTITIONS),
    REDIS_URL: proxy.url(),
  })
  let partlySettled = 0
  for (let cut = 1; cut <= CUTS; cut += 1) {
    await mock.waitFor(({ applied }) => applied >= (cut * OPERATIONS) / (CUTS + 10))
    if (cut % 2 === 0) await loseReply(proxy, (cut / 2) % consumeScripts.length)
    else await proxy.cutAll()
    partlySettled += await count(partitions, (partition) => partition.partlySettled())
  }
  await mock.waitFor(({ applied }) => applied === OPERATIONS)
  const open = (): Promise<number> => count(partitions, (partition) => partition.open())
  await until(open, { accept: (jobs) => jobs === 0, what: 'partitions without jobs' })

  expect(partlySettled).toBeGreaterThan(0)
  expect(worker.logged('consumer.out_of_sync').length).toBeGreaterThan(CUTS / 2)
  expect(lived(LIVES, mock)).toEqual(told(LIVES))
  expect(mock.summary()).toMatchObject({
    applied: OPERATIONS,
    received: OPERATIONS,
    inversions: 0,
    overlaps: 0,
  })
  const sum = (name: string): Promise<number> =>
    count(partitions, async (partition) => (await partition.counters())[name] ?? 0)
  expect([await sum('accepted'), await sum('delivered')]).toEqual([OPERATIONS, OPERATIONS])
  expect(await worker.process.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})

/**
 * Loses the reply of the next call of a script. A requeue, and the claim behind it, come at once only when a settle's was
 * lost before.
 */
async function loseReply(proxy: FaultProxy, number: number): Promise<void> {
  const script = consumeScripts[number]!
  const settle = consumeScripts.find(({ name }) => name === 'settle')!
  const follows = script.name === 'requeue' || script.name === 'claim'
  const scripts = follows ? [settle, script] : [script]
  await Promise.all(scripts.map(({ sha }) => proxy.cut({ after: 'request', match: sha })))
}

async function count(
  partitions: readonly PartitionOutside[],
  look: (partition: PartitionOutside) => Promise<number>,
): Promise<number> {
  const counts = await Promise.all(partitions.map(look))
  return counts.reduce((sum, one) => sum + one, 0)
}
