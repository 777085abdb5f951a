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

test('with no byte free nothing is claimed; a single larger job still is', async () => {
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

test('a consumer that holds nothing goes on when another one gives bytes back', async () => {
  const budget = new ByteBudget(1)
  const full = setupConsumer({ budget })
  const gate = deferred()
  full.destination.answer = async () => {
    await gate.promise
    return DELIVERED
  }
  full.partition.add(track('a'))
  const holder = full.start()
  await full.clock.advance(100)
  expect(budget.free).toBeLessThan(0)

  const empty = setupConsumer({ budget })
  empty.partition.add(track('b'))
  const waiting = empty.start()
  await empty.clock.advance(2000)
  expect(empty.partition.counters.accepted).toBe(0)
  gate.resolve()
  await full.clock.advance(100)
  await empty.clock.advance(100)
  expect(empty.partition.counters.delivered).toBe(1)
  await holder.stop(0, 0)
  await waiting.stop(0, 0)
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
