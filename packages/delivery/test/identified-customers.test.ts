// Events that demand that their customer was identified here before, seen through a consumer on a partition in memory.
import {
  dedupeMember,
  defineTrackingPlan,
  identifyFirst,
  retentionPlan,
} from '@retention-relay/events'
import type { Checks, IdentifyFirst, TrackEvent } from '@retention-relay/events'
import { expect, test } from 'vitest'

import type { ConsumerBench } from './consumer-setup.ts'
import { forMs, setupConsumer, startConsumer } from './consumer-setup.ts'
import { identify, track } from './events.ts'
import { DELIVERED, UNAVAILABLE } from './scripted-destination.ts'

/** The shipped plan, in which a subscription demands it. */
const demanding = (checks: Checks): IdentifyFirst => {
  const { subscription_created: created } = retentionPlan.events
  const events = [{ ...created, identifyFirst: checks }]
  return identifyFirst(defineTrackingPlan({ extends: retentionPlan, events }))
}
const subscription = (customerId: string): TrackEvent =>
  track(customerId, { name: 'subscription_created' })

/** What was applied: ids of tracks, `identify <customer>`. */
const applied = (bench: ConsumerBench): string[] =>
  bench.destination.applied.map(
    ({ id, action, identifiers }) => id ?? `${action} ${identifiers.id}`,
  )

test('an event of a customer who was never identified is a dead letter that says what to do, the others go', async () => {
  const bench = setupConsumer({ identifyFirst: demanding('strict') })
  const [demands, next, ofKnown] = [subscription('a'), track('a'), subscription('b')]
  bench.partition.add(demands, next, identify('b'), ofKnown)
  startConsumer(bench)
  await forMs(bench, 2_000)
  const message = 'its customer was never identified here: send an identify, then replay it'
  expect(bench.partition.deadLetters).toMatchObject([
    { id: demands.id, reason: 'invalid', message },
  ])
  expect(new Set(applied(bench))).toEqual(new Set([next.id, 'identify b', ofKnown.id]))
  expect(bench.partition.counters).toEqual({ accepted: 4, delivered: 3, duplicate: 0, dead: 1 })
})

test('an identify lets through what comes behind it, also when it needs several requests', async () => {
  const bench = setupConsumer({ identifyFirst: demanding('strict') })
  let isOut = true
  bench.destination.answer = () => (isOut ? UNAVAILABLE : DELIVERED)
  const demands = subscription('a')
  bench.partition.add(identify('a'), demands)
  startConsumer(bench)
  await forMs(bench, 5_000)
  isOut = false
  await forMs(bench, 60_000)
  expect(applied(bench)).toEqual(['identify a', demands.id])
  expect(bench.partition.deadLetters).toEqual([])
})

test('an identify that was delivered before makes its customer known, though it does not go again', async () => {
  const bench = setupConsumer({ identifyFirst: demanding('strict') })
  const [known, demands] = [identify('a'), subscription('a')]
  bench.partition.members.add(dedupeMember(known.id))
  bench.partition.add(known, demands)
  startConsumer(bench)
  await forMs(bench, 2_000)
  expect(applied(bench)).toEqual([demands.id])
  expect(bench.partition.counters).toMatchObject({ delivered: 1, duplicate: 1, dead: 0 })
})

test('an event that was delivered before is a duplicate, whoever its customer is', async () => {
  const bench = setupConsumer({ identifyFirst: demanding('strict') })
  const demands = subscription('a')
  bench.partition.members.add(dedupeMember(demands.id))
  bench.partition.add(demands)
  startConsumer(bench)
  await forMs(bench, 2_000)
  expect(bench.partition.counters).toMatchObject({ delivered: 0, duplicate: 1, dead: 0 })
})

test('where the plan only warns the event is delivered and counted', async () => {
  const bench = setupConsumer({ identifyFirst: demanding('warn') })
  const [demands, ofKnown] = [subscription('a'), subscription('b')]
  bench.partition.add(demands, identify('b'), ofKnown)
  startConsumer(bench)
  await forMs(bench, 2_000)
  expect(new Set(applied(bench))).toEqual(new Set([demands.id, 'identify b', ofKnown.id]))
  const tolerated = bench.recorder.settles.flatMap((facts) => facts.tolerated)
  expect(tolerated.map(({ id }) => id)).toEqual([demands.id])
})

test('a plan that demands nothing keeps and asks nothing', async () => {
  const bench = setupConsumer({ identifyFirst: demanding('off') })
  bench.partition.add(subscription('a'), identify('b'), subscription('b'))
  startConsumer(bench)
  await forMs(bench, 2_000)
  expect(bench.destination.applied).toHaveLength(3)
  expect(bench.partition.calls).not.toContain('unidentified')
})

test('a Redis that cannot be asked puts the session out of sync, and nothing dies or goes by mistake', async () => {
  const bench = setupConsumer({ identifyFirst: demanding('strict') })
  const demands = subscription('a')
  bench.partition.add(identify('a'), demands)
  bench.partition.failNext('unidentified', 'before')
  startConsumer(bench)
  await forMs(bench, 5_000)
  expect(bench.recorder.outOfSyncCauses).toHaveLength(1)
  expect(applied(bench)).toEqual(['identify a', demands.id])
  expect(bench.partition.deadLetters).toEqual([])
})
