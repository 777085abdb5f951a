// A stop hands everything back in order, within its grace, whatever hangs.
import { expect, test } from 'vitest'

import { deferred } from '../src/deferred.ts'
import { setupConsumer } from './consumer-setup.ts'
import { track } from './events.ts'
import { DELIVERED, UNAVAILABLE } from './scripted-destination.ts'

const never = new Promise<never>(() => undefined)

/** A consumer with three jobs whose first request is under way. */
const setup = async () => {
  const bench = setupConsumer()
  const jobs = ['a', 'a', 'b'].map((customer) => bench.partition.add(track(customer)))
  bench.destination.answer = () => never
  const consumer = bench.start()
  await bench.clock.advance(100)
  const ids = jobs.map(({ id }) => id)
  return { ...bench, consumer, ids, waiting: () => bench.partition.wait.map(({ id }) => id) }
}

test('while the destination hangs the request is cut off in time and the jobs go back in order', async () => {
  const { clock, consumer, ids, waiting, partition, destination } = await setup()
  const start = clock.monotonic()
  await clock.until(consumer.stop(3000, 5000))
  expect(clock.monotonic() - start).toBe(3000)
  expect([waiting(), partition.active, consumer.state]).toEqual([ids, [], 'ended'])
  expect(destination.sent).toHaveLength(1)
})

test('a request in flight may end, and what it delivered is settled and not handed back', async () => {
  const bench = setupConsumer()
  const jobs = [track('a'), track('a')].map((event) => bench.partition.add(event))
  const answer = deferred()
  bench.destination.answer = () => answer.promise.then(() => DELIVERED)
  const consumer = bench.start()
  await bench.clock.advance(100)
  const stopping = consumer.stop(3000, 5000)
  await bench.clock.advance(2999)
  answer.resolve()
  await bench.clock.until(stopping)
  expect(bench.partition.wait.map(({ id }) => id)).toEqual([jobs[1]!.id])
  expect(bench.partition.counters.delivered).toBe(1)
})

test('a stop during a backoff does not wait for it', async () => {
  const bench = setupConsumer()
  const job = bench.partition.add(track('a'))
  bench.destination.answer = () => ({ ...UNAVAILABLE, retryAfterMs: 300_000 }) as typeof UNAVAILABLE
  const consumer = bench.start()
  await bench.clock.advance(100)
  const start = bench.clock.monotonic()
  await bench.clock.until(consumer.stop(3000, 5000))
  expect(bench.clock.monotonic()).toBe(start)
  expect(bench.partition.wait.map(({ id }) => id)).toEqual([job.id])
})

test('while Redis is away it ends with its grace; the jobs stay active for the successor', async () => {
  const { clock, consumer, ids, partition } = await setup()
  partition.isDown = true
  const start = clock.monotonic()
  await clock.until(consumer.stop(1000, 5000))
  expect(clock.monotonic() - start).toBe(5000)
  expect(partition.active.map(({ id }) => id)).toEqual(ids)
})

test('when Redis comes back within the grace the last settle and the requeue are still made', async () => {
  const bench = setupConsumer()
  const jobs = [track('a'), track('a')].map((event) => bench.partition.add(event))
  bench.destination.answer = () => {
    bench.partition.isDown = true
    return DELIVERED
  }
  const consumer = bench.start()
  await bench.clock.advance(500)
  const stopping = consumer.stop(1000, 5000)
  await bench.clock.advance(2000)
  bench.partition.comeBack()
  await bench.clock.until(stopping)
  expect(bench.partition.wait.map(({ id }) => id)).toEqual([jobs[1]!.id])
  expect([bench.partition.active, bench.partition.counters.delivered]).toEqual([[], 1])
})

test('when the lease ends nothing is requeued: the successor has it', async () => {
  const { clock, consumer, partition, lease } = await setup()
  partition.token = 'other#1'
  lease.end()
  consumer.leaseOver()
  await clock.until(consumer.stop(1000, 2000))
  expect(partition.token).toBe('other#1')
  expect(partition.calls.filter((call) => call === 'requeue')).toHaveLength(1)
})

test('a settle that is not acknowledged when the lease ends is repeated until Redis takes it', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  bench.destination.answer = () => {
    bench.partition.isDown = true
    return DELIVERED
  }
  const consumer = bench.start()
  await bench.clock.advance(500)
  bench.lease.end()
  consumer.leaseOver()
  await bench.clock.advance(60_000)
  expect([bench.partition.members.size, consumer.state]).toEqual([0, 'ending'])
  bench.partition.token = 'other#1'
  bench.partition.comeBack()
  await bench.clock.until(consumer.done)
  expect([bench.partition.members.size, bench.partition.token]).toEqual([1, 'other#1'])
})

test('a consumer that is stopped before it has begun claims nothing and ends', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  const consumer = bench.start()
  await bench.clock.until(consumer.stop(1000, 2000))
  expect([bench.partition.calls.includes('claim'), bench.destination.sent]).toEqual([false, []])
})
