// Jobs that something went wrong with before the worker saw them. What cannot be read is a dead letter, what can be read
// is delivered, what a newer version wrote waits for a newer worker; and the partition goes on.

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import { afterAll, beforeEach, expect, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const redis = await startTestRedis({ onEnd: afterAll })
const mock = await startMock()
afterAll(() => mock.close())
beforeEach(() => mock.reset())

function start(namespace: string): ObservedWorker {
  return new ObservedWorker({ ...settingsOf(namespace, mock), REDIS_URL: redis.url })
}

/** Resolves when no job is left. */
async function drained(partition: PartitionOutside): Promise<void> {
  const open = async (): Promise<number> =>
    (await partition.waiting()).length + (await partition.active()).length
  await until(open, { accept: (jobs) => jobs === 0, what: 'a partition without jobs' })
}

test('what cannot be read becomes a dead letter, and the partition goes on', async () => {
  const partition = new PartitionOutside(redis, 'damaged')
  const [first, second, third, last] = ['cus_1', 'cus_2', 'cus_3', 'cus_4'].map((id) => track(id))
  await partition.add([first!])
  await partition.damage(await partition.add([track('cus_9'), track('cus_9')]), '{"v":1,"ns":')
  const broken = { ...track('cus_9'), occurredAt: 'yesterday' }
  await partition.addData(3, { v: 1, ns: 'damaged', events: [second, broken, third] })
  await partition.addData(2, { v: 1, ns: 'damaged', events: [track('cus_9')] })
  await partition.addData(1, 'hello')
  await partition.add([last!])

  const worker = start('damaged')
  await drained(partition)
  expect(new Set(mock.received().map(({ id }) => id))).toEqual(
    new Set([first, second, third, last].map((event) => event!.id)),
  )
  const letters = await partition.deadLetters()
  expect(letters.map(({ reason, message }) => `${reason}: ${message}`).toSorted()).toEqual([
    'malformed: events is not an array of 2, as the name tells',
    'malformed: events is not an array of 2, as the name tells',
    'malformed: occurredAt is not a whole number of milliseconds',
    'malformed: the data is not a JSON object',
    'malformed: the data is not a JSON object',
    'malformed: the data is not a JSON object',
  ])
  const raws = letters.map(({ raw }) => raw)
  expect(raws).toContain('{"v":1,"ns":')
  expect(raws).toContain(JSON.stringify(broken))
  expect(await partition.counters()).toMatchObject({ accepted: 10, delivered: 4, dead: 6 })
  await worker.untilMetric('relay_events_dead_total{reason="malformed"}', 6)
  await worker.untilMetric('relay_events_delivered_total', 4)
  expect((await worker.readiness()).ready).toBe(true)
})

test('an id that a dead owner left behind, whose job is gone, is set apart and does not stop the partition', async () => {
  const partition = new PartitionOutside(redis, 'gone')
  const before = await partition.add([track('cus_1')])
  const gone = await partition.add([track('cus_2')])
  const behind = await partition.add([track('cus_3')])
  const { redis: client, keys } = partition
  for (const _ of [before, gone]) await client.lmove(keys.wait, keys.active, 'RIGHT', 'LEFT')
  await client.del(`${keys.jobBase}${gone}`)
  expect([await partition.active(), await partition.waiting()]).toEqual([[gone, before], [behind]])

  const worker = start('gone')
  await drained(partition)
  expect(mock.received().map(({ customerId }) => customerId)).toEqual(['cus_1', 'cus_3'])
  expect(await partition.counters()).toEqual({ accepted: 2, delivered: 2, orphans: 1 })
  expect(await client.lrange(keys.orphans, 0, -1)).toEqual([gone])
  expect((await worker.readiness()).ready).toBe(true)
})

test('the job of another namespace is not delivered: its events become dead letters', async () => {
  const partition = new PartitionOutside(redis, 'here')
  const stray = track('cus_1')
  await partition.addData(1, { v: 1, ns: 'elsewhere', events: [stray] })
  await partition.add([track('cus_2')])
  const worker = start('here')
  await drained(partition)
  expect(mock.summary()).toMatchObject({ received: 1, applied: 1 })
  expect(await partition.deadLetters()).toMatchObject([
    {
      id: stray.id,
      reason: 'wrong_environment',
      event: stray,
      message: 'the job is of namespace elsewhere',
    },
  ])
  await worker.untilMetric('relay_events_dead_total{reason="wrong_environment"}', 1)
})

test('a job of a newer format is held with an alert, and what is behind it waits', async () => {
  const partition = new PartitionOutside(redis, 'newer')
  await partition.add([track('cus_1')])
  const newer = await partition.addData(1, { v: 2, ns: 'newer', batch: ['?'] })
  const behind = await partition.add([track('cus_2')])

  const worker = start('newer')
  const pause = await worker.log('relay.paused')
  expect(pause).toMatchObject({
    reason: 'newer_format',
    partition: 0,
    detail: 'a job of format 2 is newer than this worker; deploy a newer worker',
  })
  await mock.waitFor(({ applied }) => applied === 1)
  const metrics = await worker.untilMetric('relay_events_pending', 2)
  expect(metrics.get('relay_paused{reason="newer_format"}')).toBe(1)

  expect(await worker.process.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(await partition.waiting()).toEqual([newer, behind])
  expect(await partition.deadLetters()).toEqual([])
  expect(mock.summary()).toMatchObject({ received: 1, applied: 1 })
})
