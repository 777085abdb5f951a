// A consumer on a partition in memory: what it sends, in which order, and how it goes on after whatever goes wrong.
import { dedupeMember, jobName } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { deferred } from '../src/deferred.ts'
import { setupConsumer } from './consumer-setup.ts'
import type { ConsumerBench } from './consumer-setup.ts'
import { claimedJob, identify, NAMESPACE, suppress, track } from './events.ts'
import { idle } from './fake-clock.ts'
import { DELIVERED, UNAVAILABLE } from './scripted-destination.ts'

/** Lets the consumer work for a while, its lease renewed as the manager does. */
const work = async ({ clock, renew }: ConsumerBench, ms = 3000): Promise<void> => {
  for (let passed = 0; passed < ms; passed += 500) {
    renew()
    await clock.advance(500)
  }
}

const appliedIds = ({ destination }: ConsumerBench): (string | undefined)[] =>
  destination.applied.map(({ id }) => id)

test('what waits is delivered, each customer in order, one request at a time', async () => {
  const bench = setupConsumer()
  const { partition, destination, recorder } = bench
  const events = [track('a'), track('b'), track('a'), identify('a'), track('b')] as const
  partition.add(events[0], events[1], events[2])
  partition.add(events[3], events[4])
  const consumer = bench.start()
  await work(bench)
  expect(consumer.state).toBe('draining')
  const sent = destination.sent.map(({ operations }) =>
    operations.map(({ action, identifiers }) => `${action} ${identifiers.id}`),
  )
  expect(sent).toEqual([['event a', 'event b'], ['event a', 'event b'], ['identify a']])
  expect(destination.mostInFlight).toBe(1)
  expect(partition.counters).toEqual({ accepted: 5, delivered: 5, duplicate: 0, dead: 0 })
  expect([partition.wait, partition.active]).toEqual([[], []])
  expect(recorder.accepted).toBe(5)
  await consumer.stop(0, 0)
})

test('it begins with a requeue, so that what a former owner left in active is delivered first', async () => {
  const bench = setupConsumer()
  const { partition } = bench
  const [left, waiting] = [track('a'), track('a')]
  partition.add(left)
  partition.add(waiting)
  await partition.claim({ token: 'worker#1', maxJobs: 1, maxBytes: 1, held: 0 })
  const consumer = bench.start()
  await work(bench)
  expect(appliedIds(bench)).toEqual([left.id, waiting.id])
  expect(partition.token).toBe('worker#2')
  await consumer.stop(0, 0)
})

test('events that are claimed while a request is in flight gather into the next batch', async () => {
  const bench = setupConsumer()
  const { partition, destination } = bench
  const gate = deferred()
  destination.answer = async (_sent, index) => {
    if (index === 0) await gate.promise
    return DELIVERED
  }
  partition.add(track('a'))
  const consumer = bench.start()
  await work(bench, 500)
  for (let customer = 0; customer < 40; customer += 1) partition.add(track(`c${customer}`))
  await work(bench, 500)
  gate.resolve()
  await work(bench, 500)
  expect(destination.batches.map(({ length }) => length)).toEqual([1, 40])
  await consumer.stop(0, 0)
})

test("a customer's next operation leaves after the settle of the one before is acknowledged; others go ahead", async () => {
  const bench = setupConsumer()
  const { partition, destination } = bench
  const events = [track('a'), track('b'), track('a')] as const
  partition.add(events[0])
  const answers = deferred()
  partition.holdAnswers('settle', answers.promise)
  const consumer = bench.start()
  await work(bench, 500)
  partition.add(events[1], events[2])
  await work(bench, 1000)
  expect(destination.batches).toEqual([[events[0].id], [events[1].id]])
  answers.resolve()
  await work(bench, 500)
  expect(destination.batches.at(2)).toEqual([events[2].id])
  await consumer.stop(0, 0)
})

test('the same id twice is sent once; the second copy waits and is a duplicate', async () => {
  const bench = setupConsumer()
  const { partition, destination } = bench
  const event = track('a')
  partition.add(event, { ...track('b'), id: event.id }, event)
  const consumer = bench.start()
  await work(bench)
  expect(destination.batches).toEqual([[event.id]])
  expect(partition.counters).toEqual({ accepted: 3, delivered: 1, duplicate: 2, dead: 0 })
  await consumer.stop(0, 0)
})

test('positions that an earlier owner settled are not sent again, and a full job is cleared away', async () => {
  const bench = setupConsumer()
  const { partition } = bench
  const [done, open] = [track('a'), track('b')]
  partition.addJob(claimedJob([done, open], { claims: 1, settled: 'd-' }))
  partition.addJob(claimedJob([track('c')], { claims: 1, settled: 'x' }))
  const consumer = bench.start()
  await work(bench)
  expect(appliedIds(bench)).toEqual([open.id])
  expect(partition.active).toEqual([])
  expect(partition.counters.delivered).toBe(1)
  await consumer.stop(0, 0)
})

test('damaged and foreign jobs become dead letters, and the partition goes on', async () => {
  const bench = setupConsumer()
  const { partition, recorder } = bench
  partition.addJob(claimedJob([], { claims: 0, name: jobName(2), data: Buffer.from('no') }))
  const other = { v: 1, ns: 'staging', events: [track('a')] }
  const data = Buffer.from(JSON.stringify(other))
  partition.addJob(claimedJob([], { claims: 0, name: jobName(1), data }))
  partition.add(track('a'))
  const consumer = bench.start()
  await work(bench)
  expect(partition.deadLetters.map(({ reason }) => reason)).toEqual([
    'malformed',
    'malformed',
    'wrong_environment',
  ])
  expect(partition.counters).toEqual({ accepted: 4, delivered: 1, duplicate: 0, dead: 3 })
  expect(recorder.settles.flatMap(({ dead }) => dead)).toHaveLength(3)
  await consumer.stop(0, 0)
})

test('a job of a newer format is held: what is before it is delivered, what is behind it waits', async () => {
  const bench = setupConsumer()
  const { partition, recorder } = bench
  const before = track('a')
  partition.add(before)
  const newer = claimedJob([], { claims: 0, name: jobName(1), data: Buffer.from('{"v":2}') })
  partition.addJob(newer)
  const behind = partition.add(track('b'))
  const consumer = bench.start()
  await work(bench)
  expect(appliedIds(bench)).toEqual([before.id])
  expect(recorder.pauses).toEqual(['newer_format'])
  await consumer.stop(1000, 2000)
  expect(partition.wait.map(({ id }) => id)).toEqual([newer.id, behind.id])
  expect(partition.deadLetters).toEqual([])
})

test('a paused queue is looked at once a second, and goes on when it is resumed', async () => {
  const bench = setupConsumer()
  const { partition } = bench
  partition.isPaused = true
  partition.add(track('a'))
  const consumer = bench.start()
  await work(bench, 5000)
  const looks = partition.calls.filter((call) => call === 'claim').length
  expect(looks).toBeGreaterThanOrEqual(5)
  expect(looks).toBeLessThanOrEqual(6)
  partition.isPaused = false
  await work(bench, 1500)
  expect(partition.counters.delivered).toBe(1)
  await consumer.stop(0, 0)
})

test('no more than 2,000 jobs are held, however many wait', async () => {
  const bench = setupConsumer()
  const { partition, destination } = bench
  destination.answer = () => UNAVAILABLE
  for (let number = 0; number < 2500; number += 1) partition.add(track('a'))
  const consumer = bench.start()
  await work(bench, 3000)
  expect(partition.active.length).toBeGreaterThan(1500)
  expect(partition.active.length).toBeLessThanOrEqual(2000)
  await consumer.stop(0, 0)
})

test('profile operations go alone, in a short request, with at least six seconds of lease left', async () => {
  const bench = setupConsumer()
  const { partition, destination, clock, lease } = bench
  const gate = deferred()
  destination.answer = async (_sent, index) => {
    if (index === 0) await gate.promise
    return DELIVERED
  }
  partition.add(track('a'))
  const consumer = bench.start()
  await clock.advance(100)
  partition.add(suppress('b'))
  await clock.advance(4000)
  gate.resolve()
  await clock.advance(1000)
  expect(lease.remainingMs()).toBeLessThan(6000)
  expect(destination.sent).toHaveLength(1)
  bench.renew()
  await clock.advance(100)
  expect(destination.sent.at(1)).toMatchObject({
    operations: [{ action: 'suppress' }],
    request: { timeoutMs: 3000 },
  })
  await consumer.stop(0, 0)
})

test('events that the dedupe store has are settled as duplicates without a request', async () => {
  const bench = setupConsumer()
  const { partition, destination } = bench
  const events = [track('a'), track('b')]
  for (const { id } of events) partition.members.add(dedupeMember(id))
  partition.add(...events)
  const consumer = bench.start()
  await work(bench)
  expect(destination.sent).toEqual([])
  expect(partition.counters.duplicate).toBe(2)
  await consumer.stop(0, 0)
})

test('an idle consumer claims as soon as there is work, and after a second in any case', async () => {
  const bench = setupConsumer()
  const { partition } = bench
  const consumer = bench.start()
  await work(bench, 4000)
  const looks = partition.calls.filter((call) => call === 'claim').length
  expect(looks).toBeLessThanOrEqual(5)
  partition.add(track('a'))
  await idle()
  expect(partition.counters.accepted).toBe(1)
  await consumer.stop(0, 0)
})

test('whoever watches sees every event before it is sent, who made its job, and how often it was claimed', async () => {
  const bench = setupConsumer()
  const { partition, recorder } = bench
  const [one, two, three] = [track('a'), track('a'), track('b')]
  const data = { v: 1, ns: NAMESPACE, producer: 'checkout@1.4.2', events: [one, two] }
  partition.addJob(claimedJob([one, two], { data: Buffer.from(JSON.stringify(data)), claims: 0 }))
  partition.addJob(claimedJob([three], { claims: 2 }))
  const consumer = bench.start()
  await work(bench)
  expect(recorder.decodedEvents).toEqual([
    { id: one.id, producer: 'checkout@1.4.2', claims: 1 },
    { id: two.id, producer: 'checkout@1.4.2', claims: 1 },
    { id: three.id, producer: undefined, claims: 3 },
  ])
  await consumer.stop(0, 0)
})
