// The bytes that all consumers of a process may hold together.
import { jobName } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { ByteBudget } from '../src/byte-budget.ts'
import { deferred } from '../src/deferred.ts'
import { setupConsumer } from './consumer-setup.ts'
import { claimedJob, track } from './events.ts'
import { DELIVERED, UNAVAILABLE } from './scripted-destination.ts'

test('what is held is not free, and a job larger than the rest leaves less than nothing', () => {
  const budget = new ByteBudget(100)
  budget.hold(70)
  expect(budget.free).toBe(30)
  budget.hold(50)
  expect(budget.free).toBe(-20)
  budget.release(120)
  expect(budget.free).toBe(100)
})

test('with no byte free a consumer claims a single job, and no more before that is settled', async () => {
  const budget = new ByteBudget(1)
  const bench = setupConsumer({ budget })
  const { partition, destination, clock } = bench
  const gate = deferred()
  destination.answer = async () => {
    await gate.promise
    return DELIVERED
  }
  partition.add(track('a'))
  partition.add(track('b'))
  const consumer = bench.start()
  await clock.advance(2000)
  expect(partition.active).toHaveLength(1)
  gate.resolve()
  await clock.advance(2000)
  expect(partition.counters.delivered).toBe(2)
  expect(budget.free).toBe(1)
  await consumer.stop(0, 0)
})

test('a consumer that holds nothing is not stopped by one that holds all the bytes', async () => {
  const budget = new ByteBudget(1)
  const stuck = setupConsumer({ budget })
  stuck.destination.answer = () => UNAVAILABLE
  stuck.partition.add(track('a'))
  stuck.start()
  await stuck.clock.advance(100)
  expect(budget.free).toBeLessThan(0)

  const free = setupConsumer({ budget })
  const events = [track('b'), track('c')]
  for (const event of events) free.partition.add(event)
  free.start()
  await free.clock.advance(2000)
  expect(free.destination.batches).toEqual(events.map(({ id }) => [id]))
})

test('a consumer that waits for bytes claims more as soon as another one gives them back', async () => {
  const budget = new ByteBudget(1)
  const [one, other] = [setupConsumer({ budget }), setupConsumer({ budget })]
  const gates = [deferred(), deferred()]
  for (const [at, bench] of [one, other].entries()) {
    bench.destination.answer = () => gates[at]!.promise.then(() => DELIVERED)
    bench.partition.add(track('a'))
    bench.partition.add(track('b'))
    bench.start()
    await bench.clock.advance(100)
  }
  expect([one, other].map(({ partition }) => partition.active.length)).toEqual([1, 1])
  budget.release(1_000_000)
  await other.clock.advance(0)
  expect(other.partition.active).toHaveLength(2)
})

test('when a consumer ends all its bytes are free again, delivered, dead, cleared away or put back', async () => {
  const budget = new ByteBudget(1_000_000)
  const bench = setupConsumer({ budget })
  const { partition, destination, clock } = bench
  partition.add(track('a'))
  partition.addJob(claimedJob([], { name: jobName(1), data: Buffer.from('no') }))
  partition.addJob(claimedJob([track('b')], { settled: 'd' }))
  partition.add(track('c'))
  destination.answer = (_sent, index) => (index === 0 ? DELIVERED : UNAVAILABLE)
  const consumer = bench.start()
  await clock.advance(3000)
  partition.add(track('d'))
  await clock.advance(1000)
  await consumer.stop(0, 1000)
  expect(partition.wait).toHaveLength(1)
  expect(budget.free).toBe(1_000_000)
})
