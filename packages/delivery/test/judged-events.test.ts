// Events that the tracking plan does not take as they are: what becomes of them, and of those before and behind them.
import { defineEvent, defineTrackingPlan, judgeEvent, retentionPlan } from '@retention-relay/events'
import type { TrackingPlan } from '@retention-relay/events'
import { expect, test } from 'vitest'
import * as z from 'zod'

import type { Consumer } from '../src/consumer.ts'
import type { JudgeEvent } from '../src/ports.ts'
import { setupConsumer } from './consumer-setup.ts'
import type { ConsumerBench } from './consumer-setup.ts'
import { claimedJob, track } from './events.ts'

/** A shop's plan in which `quiz_done` has this version and these fields. */
const planOf = (version: number, fields: z.ZodRawShape, checks?: 'warn'): TrackingPlan =>
  defineTrackingPlan({
    extends: retentionPlan,
    events: [
      defineEvent({
        name: 'quiz_done',
        description: 'The customer has answered all questions.',
        version,
        schema: z.strictObject(fields),
        ...(checks === undefined ? {} : { checks }),
      }),
    ],
  })
const judgeBy =
  (plan: TrackingPlan): JudgeEvent =>
  (event) =>
    judgeEvent(event, plan)

const TODAY = planOf(1, { score: z.int() })
const TOMORROW = planOf(2, { points: z.int() })

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
  const bad = quiz('a', { score: 'secret-19' })
  const events = [quiz('a', { score: 1 }), bad, quiz('a', { score: 3 }), quiz('b', { score: 4 })]
  bench.partition.add(...events)
  const consumer = await start(bench)
  expect(new Set(sentIds(bench))).toEqual(new Set([events[0]!.id, events[2]!.id, events[3]!.id]))
  expect(bench.destination.batches.map(([first]) => first)).toEqual([events[0]!.id, events[2]!.id])
  const [letter, ...others] = bench.partition.deadLetters
  expect(others).toEqual([])
  expect(letter).toMatchObject({ id: bad.id, reason: 'invalid', event: bad, maybeDelivered: false })
  expect(letter?.message).toContain('data.score: expected number (it is a string)')
  expect(letter?.message).not.toContain('secret-19')
  expect(bench.partition.counters).toEqual({ accepted: 4, delivered: 3, duplicate: 0, dead: 1 })
  await consumer.stop(0, 0)
})

test('an event of a newer version holds the partition, and a worker with the newer plan delivers all in order', async () => {
  const bench = setupConsumer({ judge: judgeBy(TODAY) })
  const { partition, recorder } = bench
  const before = quiz('a', { score: 1 })
  const newer = quiz('a', { points: 2 }, 2)
  const [behind, other] = [quiz('a', { points: 3 }, 2), quiz('b', { points: 4 }, 2)]
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
  bench.partition.add(quiz('a', { score: 1 }, 1))
  const consumer = await start(bench)
  expect(bench.partition.deadLetters.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^version 1, checked as version 2: /),
  ])
  await consumer.stop(0, 0)
})

test('an event that is tolerated is delivered, and told with what is wrong with it', async () => {
  const bench = setupConsumer({ judge: judgeBy(planOf(1, { score: z.int() }, 'warn')) })
  const odd = quiz('a', { score: 'secret-19' })
  bench.partition.add(odd, quiz('b', { score: 1 }))
  const consumer = await start(bench)
  expect(bench.partition.counters).toMatchObject({ delivered: 2, dead: 0 })
  const [told, ...others] = bench.recorder.settles.flatMap(({ tolerated }) => tolerated)
  expect(others).toEqual([])
  expect(told).toMatchObject({ id: odd.id, label: 'quiz_done' })
  expect(told?.fault).toContain('data.score: expected number (it is a string)')
  await consumer.stop(0, 0)
})

// After a kill nobody knows what of the former owner's jobs was sent: that must not be a way past the plan.
test('what a killed owner held is judged too, and its dead letter says that it may have been delivered', async () => {
  const bench = setupConsumer({ judge: judgeBy(TODAY) })
  const { partition } = bench
  const [bad, newer] = [quiz('a', { score: '1' }), quiz('b', { points: 2 }, 2)]
  for (const event of [bad, newer]) partition.active.push(claimedJob([event]))
  const consumer = await start(bench)
  expect(sentIds(bench)).toEqual([])
  expect(partition.deadLetters).toMatchObject([{ id: bad.id, maybeDelivered: true, attempts: 0 }])
  expect(bench.recorder.pauses).toEqual(['newer_event'])
  await consumer.stop(0, 0)
})
