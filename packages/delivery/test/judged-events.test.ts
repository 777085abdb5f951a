// Events that the tracking plan does not take as they are: what becomes of them, and of those before and behind them.
import { defineEvent, defineTrackingPlan, judgeEvent, retentionPlan } from '@retention-relay/events'
import type { Checks, ObjectSchema, TrackingPlan } from '@retention-relay/events'
import { expect, test } from 'vitest'

import type { Consumer } from '../src/consumer.ts'
import type { JudgeEvent } from '../src/ports.ts'
import { setupConsumer } from './consumer-setup.ts'
import type { ConsumerBench } from './consumer-setup.ts'
import { claimedJob, track } from './events.ts'

const { order_delivered: delivered, product_viewed: viewed } = retentionPlan.events

/** A shop's plan with an event of its own, in this version and with the fields of this definition. */
const planOf = (
  version: number,
  { schema }: { readonly schema: ObjectSchema },
  checks: Checks = 'strict',
): TrackingPlan => {
  const description = 'The customer has answered all questions.'
  const quizDone = defineEvent({ name: 'quiz_done', description, version, schema, checks })
  return defineTrackingPlan({ extends: retentionPlan, events: [quizDone] })
}
const judgeBy =
  (plan: TrackingPlan): JudgeEvent =>
  (event) =>
    judgeEvent(event, plan, event.occurredAt)

/** Today it has an `order_id`, tomorrow a `product_id` and a `name`. */
const TODAY = planOf(1, delivered)
const TOMORROW = planOf(2, viewed)

const quiz = (customerId: string, data: Record<string, unknown>, version = 1) =>
  track(customerId, { name: 'quiz_done', data, version })

const work = async ({ clock, renew }: ConsumerBench, ms = 3000): Promise<void> => {
  for (let passed = 0; passed < ms; passed += 500) {
    renew()
    await clock.advance(500)
  }
}

const sentIds = ({ destination }: ConsumerBench) => destination.batches.flat()

/** A consumer that has worked for a while. */
async function start(bench: ConsumerBench): Promise<Consumer> {
  const consumer = bench.start()
  await work(bench)
  return consumer
}

test('an invalid event is a dead letter that names the path and no value, and its customer goes on', async () => {
  const bench = setupConsumer({ judge: judgeBy(TODAY) })
  const bad = quiz('a', { order_id: 4711 })
  const events = [
    quiz('a', { order_id: 'o-1' }),
    bad,
    quiz('a', { order_id: 'o-3' }),
    quiz('b', { order_id: 'o-4' }),
  ]
  bench.partition.add(...events)
  const consumer = await start(bench)
  expect(new Set(sentIds(bench))).toEqual(new Set([events[0]!.id, events[2]!.id, events[3]!.id]))
  expect(bench.destination.batches.map(([first]) => first)).toEqual([events[0]!.id, events[2]!.id])
  const [letter, ...others] = bench.partition.deadLetters
  expect(others).toEqual([])
  expect(letter).toMatchObject({ id: bad.id, reason: 'invalid', event: bad, maybeDelivered: false })
  expect(letter?.message).toContain('data.order_id: expected string (it is a number)')
  expect(letter?.message).not.toContain('4711')
  expect(bench.partition.counters).toEqual({ accepted: 4, delivered: 3, duplicate: 0, dead: 1 })
  await consumer.stop(0, 0)
})

test('an event of a newer version holds the partition, and a worker with the newer plan delivers all in order', async () => {
  const bench = setupConsumer({ judge: judgeBy(TODAY) })
  const { partition, recorder } = bench
  const before = quiz('a', { order_id: 'o-1' })
  const newer = quiz('a', { product_id: 'p-2', name: 'Green tea' }, 2)
  const [behind, other] = [
    quiz('a', { product_id: 'p-3', name: 'Green tea' }, 2),
    quiz('b', { product_id: 'p-4', name: 'Green tea' }, 2),
  ]
  partition.add(before)
  const jobs = [partition.add(newer), partition.add(behind, other)]
  const old = await start(bench)
  expect(sentIds(bench)).toEqual([before.id])
  expect(recorder.pauses).toEqual(['newer_event'])
  expect(recorder.details).toEqual([
    'it has version 2 of quiz_done, the worker knows 1; deploy a worker with the newer tracking plan',
  ])
  await old.stop(1000, 2000)
  expect(partition.wait.map(({ id }) => id)).toEqual(jobs.map(({ id }) => id))

  const successor = setupConsumer({ judge: judgeBy(TOMORROW), queue: partition })
  partition.token = 'worker#1'
  const young = successor.start()
  await work(successor)
  const sent = sentIds(successor)
  expect(sent.filter((id) => id !== other.id)).toEqual([newer.id, behind.id])
  expect(sent).toContain(other.id)
  expect(partition.deadLetters).toEqual([])
  await young.stop(0, 0)
})

test('an event of an older version that no longer matches is a dead letter that names both versions', async () => {
  const bench = setupConsumer({ judge: judgeBy(TOMORROW) })
  bench.partition.add(quiz('a', { order_id: 'o-1' }, 1))
  const consumer = await start(bench)
  expect(bench.partition.deadLetters.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^version 1, checked as version 2: /),
  ])
  await consumer.stop(0, 0)
})

test('an event that is tolerated is delivered, and told with what is wrong with it', async () => {
  const bench = setupConsumer({ judge: judgeBy(planOf(1, delivered, 'warn')) })
  const odd = quiz('a', { order_id: 4711 })
  bench.partition.add(odd, quiz('b', { order_id: 'o-1' }))
  const consumer = await start(bench)
  expect(bench.partition.counters).toMatchObject({ delivered: 2, dead: 0 })
  const [told, ...others] = bench.recorder.settles.flatMap(({ tolerated }) => tolerated)
  expect(others).toEqual([])
  expect(told).toMatchObject({ id: odd.id, label: 'quiz_done' })
  expect(told?.fault).toContain('data.order_id: expected string (it is a number)')
  await consumer.stop(0, 0)
})

// After a kill nobody knows what of the former owner's jobs was sent: that must not be a way past the plan.
test('what a killed owner held is judged too, and its dead letter says that it may have been delivered', async () => {
  const bench = setupConsumer({ judge: judgeBy(TODAY) })
  const { partition } = bench
  const [bad, newer] = [
    quiz('a', { order_id: 1 }),
    quiz('b', { product_id: 'p-2', name: 'Green tea' }, 2),
  ]
  for (const event of [bad, newer]) partition.active.push(claimedJob([event]))
  const consumer = await start(bench)
  expect(sentIds(bench)).toEqual([])
  expect(partition.deadLetters).toMatchObject([{ id: bad.id, maybeDelivered: true, attempts: 0 }])
  expect(bench.recorder.pauses).toEqual(['newer_event'])
  await consumer.stop(0, 0)
})
