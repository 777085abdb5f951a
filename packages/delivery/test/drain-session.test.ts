// A session and what ends it: faults of Redis and of the destination, at every call. What Redis says is the truth, so
// after each fault everything goes back and starts again; nothing is lost, nothing overtakes.
import type { ResponseClass } from '@retention-relay/events'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { deferred } from '../src/deferred.ts'
import { setupConsumer } from './consumer-setup.ts'
import type { ConsumerBench } from './consumer-setup.ts'
import { claimedJob, track } from './events.ts'
import type { Call, Fault } from './fake-partition.ts'
import { DELIVERED, refusal, UNAVAILABLE } from './scripted-destination.ts'

/** Lets time go on, the lease renewed, until the partition is empty. */
async function drained(
  { clock, partition, renew }: ConsumerBench,
  limitMs = 600_000,
): Promise<void> {
  for (let ms = 0; partition.wait.length + partition.active.length > 0; ms += 500) {
    if (ms > limitMs) throw new Error('the partition is not empty')
    renew()
    await clock.advance(500)
  }
}

const ids = (events: readonly { readonly id?: string }[]) => events.map(({ id }) => id)

const calls: readonly Call[] = ['claim', 'delivered', 'settle', 'requeue']
const faults: readonly Fault[] = ['before', 'after']

test.each(calls.flatMap((call) => faults.map((fault) => [call, fault] as const)))(
  'a %s that fails %s it took effect costs nothing and doubles nothing',
  async (call, fault) => {
    const bench = setupConsumer()
    const events = [track('a'), track('a'), track('b')]
    bench.partition.add(events[0]!, events[1]!)
    bench.partition.add(events[2]!)
    bench.partition.failNext(call, fault)
    bench.start()
    await drained(bench)
    expect(bench.destination.applied).toHaveLength(3)
    expect(bench.partition.counters).toMatchObject({ accepted: 3, delivered: 3, duplicate: 0 })
    expect(bench.recorder.outOfSyncCauses).toHaveLength(call === 'requeue' ? 0 : 1)
    expect(bench.parts.budget.free).toBe(1_000_000)
  },
)

test('a settle whose answer was lost is repeated before the requeue', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  bench.partition.failNext('settle', 'before')
  bench.start()
  await drained(bench)
  const writes = bench.partition.calls.filter((call) => call === 'settle' || call === 'requeue')
  expect(writes).toEqual(['requeue', 'settle', 'settle', 'requeue'])
  expect(bench.destination.sent).toHaveLength(1)
})

test('when other jobs are active than those that it holds, it requeues and goes on', async () => {
  const bench = setupConsumer()
  const [stranded, next] = [track('a'), track('a')]
  bench.start()
  await bench.clock.advance(100)
  expect(bench.partition.calls).toEqual(['requeue', 'claim'])
  bench.partition.active.push(claimedJob([stranded]))
  bench.partition.add(next)
  await drained(bench)
  expect(bench.destination.batches).toEqual([[stranded.id], [next.id]])
})

test('each session has a token of its own', async () => {
  const bench = setupConsumer()
  bench.partition.failNext('claim', 'before')
  bench.partition.add(track('a'))
  bench.start()
  await drained(bench)
  expect([bench.partition.token, bench.lease.tokens]).toEqual(['worker#3', ['worker#3']])
})

test('another owner ends it: nothing more is sent, nothing is requeued', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'), track('a'))
  const consumer = bench.start()
  bench.destination.answer = () => {
    bench.partition.token = 'other#1'
    return DELIVERED
  }
  await bench.clock.until(consumer.done)
  expect([bench.destination.sent.length, consumer.state]).toEqual([1, 'ended'])
  expect(bench.lease.isValid()).toBe(false)
  expect(bench.partition.calls.filter((call) => call === 'requeue')).toHaveLength(1)
  // Delivered is a fact, whoever has the partition now.
  expect([bench.partition.members.size, bench.partition.token]).toEqual([1, 'other#1'])
})

test('a lease that nobody renews ends it by itself, with the request in flight settled', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  bench.destination.answer = async () => {
    await bench.clock.sleep(9500, new AbortController().signal)
    return DELIVERED
  }
  const consumer = bench.start()
  await bench.clock.until(consumer.done, 60_000)
  expect(bench.destination.sent).toHaveLength(1)
  expect(bench.partition.members.size).toBe(1)
})

test('a destination that throws ends the session, not the process, and the event is delivered later', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  bench.destination.answer = (_sent, index) => {
    if (index < 3) throw new TypeError('a bug')
    return DELIVERED
  }
  bench.start()
  await drained(bench)
  expect(bench.recorder.outOfSyncCauses).toEqual(['a bug', 'a bug', 'a bug'])
  expect(bench.partition.counters.delivered).toBe(1)
})

test('sessions that settle nothing begin ever more slowly, up to a second apart', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  bench.destination.answer = () => {
    throw new TypeError('a bug')
  }
  bench.start()
  for (let second = 0; second < 60; second += 1) {
    bench.renew()
    await bench.clock.advance(1000)
  }
  expect(bench.destination.sent.length).toBeGreaterThan(50)
  expect(bench.destination.sent.length).toBeLessThan(70)
})

test('while Redis is away nothing is sent twice and nothing is lost', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'), track('b'))
  bench.start()
  bench.destination.answer = () => {
    bench.partition.isDown = true
    return DELIVERED
  }
  await bench.clock.advance(5000)
  bench.destination.answer = () => DELIVERED
  bench.partition.comeBack()
  await drained(bench)
  expect(bench.destination.sent).toHaveLength(1)
  expect(bench.partition.counters.delivered).toBe(2)
})

test('the halves of a refused run of one customer wait for each other’s settles', async () => {
  const bench = setupConsumer()
  const run = Array.from({ length: 40 }, () => track('a'))
  const acknowledgement = deferred()
  bench.partition.holdAnswers('settle', acknowledgement.promise)
  bench.destination.answer = ({ operations }) => (operations.length > 20 ? refusal() : DELIVERED)
  bench.partition.add(...run)
  bench.start()
  await bench.clock.advance(2000)
  expect(bench.destination.batches.map((batch) => batch.length)).toEqual([40, 20])
  acknowledgement.resolve()
  await drained(bench)
  expect(ids(bench.destination.applied)).toEqual(ids(run))
})

test('an event that is put aside holds its customer only', async () => {
  const bench = setupConsumer()
  const [bad, next, other] = [track('a'), track('a'), track('b')]
  bench.destination.answer = ({ operations }): ResponseClass =>
    operations.some(({ id }) => id === bad.id) ? refusal(false) : DELIVERED
  bench.partition.add(bad, next, other)
  bench.start()
  await bench.clock.advance(2_000)
  expect(ids(bench.destination.applied)).toEqual([other.id])
  expect(bench.partition.deadLetters).toEqual([])
  expect(bench.recorder.pauses).toContain('refuses_everything')
})

test('a copy of an event under another customer is a duplicate, not a second delivery', async () => {
  const bench = setupConsumer()
  const event = track('guest')
  const next = track('account')
  bench.partition.add(event, track('account', { id: event.id }), next)
  bench.start()
  await drained(bench)
  expect(ids(bench.destination.applied)).toEqual([event.id, next.id])
  expect(bench.partition.counters).toMatchObject({ delivered: 2, duplicate: 1 })
  expect(bench.recorder.settles.reduce((sum, { duplicate }) => sum + duplicate, 0)).toBe(1)
})

test('whatever call fails, however often, beside an ailing destination: once, and in order', async () => {
  const plan = fc.array(fc.tuple(fc.constantFrom(...calls), fc.constantFrom(...faults)), {
    maxLength: 12,
    size: 'max',
  })
  await fc.assert(
    fc.asyncProperty(
      plan,
      fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
      async (planned, customers) => {
        const bench = setupConsumer()
        const events = customers.map((customer) => track(customer))
        for (let at = 0; at < events.length; at += 3)
          bench.partition.add(...events.slice(at, at + 3))
        for (const [call, fault] of planned) bench.partition.failNext(call, fault)
        bench.destination.answer = (_sent, index) => (index % 3 === 1 ? UNAVAILABLE : DELIVERED)
        const consumer = bench.start()
        await drained(bench)
        await bench.clock.until(consumer.stop(1000, 2000))
        for (const customer of ['a', 'b', 'c']) {
          const applied = bench.destination.applied.filter(
            ({ identifiers }) => identifiers.id === customer,
          )
          const expected = events.filter(({ customerId }) => customerId === customer)
          expect(applied.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
        }
        expect(bench.parts.budget.free).toBe(1_000_000)
      },
    ),
    { numRuns: 40 },
  )
})
