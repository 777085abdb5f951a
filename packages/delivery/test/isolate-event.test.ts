// An event that makes the destination fail for its whole batch: it alone dies, and only while the endpoint is known to be
// healthy. Whole consumers on a destination that fails as the test says.
import { expect, test } from 'vitest'
import { retentionPlan, timeRules } from '@retention-relay/events'
import type { RelayEvent, ResponseClass } from '@retention-relay/events'

import { PROFILE_TIMEOUT_MS } from '../src/endpoint-gate.ts'
import type { ConsumerBench } from './consumer-setup.ts'
import { forMs, setupConsumer, startConsumer } from './consumer-setup.ts'
import { NAMESPACE, suppress, track } from './events.ts'
import { DELIVERED, refusal, UNAVAILABLE } from './scripted-destination.ts'
import type { SentRequest } from './scripted-destination.ts'
import { batchOf, setupSender } from './sender-setup.ts'

const MINUTE_MS = 60_000

const contains = ({ operations }: SentRequest, guilty: RelayEvent): boolean =>
  operations.some(({ id }) => id === guilty.id)

/** Fails whatever carries the guilty event. */
function poison(
  bench: ConsumerBench,
  guilty: RelayEvent,
  failure: ResponseClass = UNAVAILABLE,
): void {
  bench.destination.answer = (sent) => (contains(sent, guilty) ? failure : DELIVERED)
}

/** A new customer's event every 200 ms. Returns them. */
async function trickle(bench: ConsumerBench, forMinutes: number): Promise<RelayEvent[]> {
  const events: RelayEvent[] = []
  for (let passedMs = 0; passedMs < forMinutes * MINUTE_MS; passedMs += 200) {
    const event = track(`live-${events.length}`)
    events.push(event)
    bench.partition.add(event)
    await forMs(bench, 200)
  }
  return events
}

/** Numbers from 0 to 1, the same ones each time. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
}

const appliedOf = (bench: ConsumerBench, customerId: string): (string | undefined)[] =>
  bench.destination.applied
    .filter(({ identifiers }) => identifiers.id === customerId)
    .map(({ id }) => id)

test('a poison event dies as exhausted, its neighbours are delivered in order, in the only busy partition', async () => {
  const bench = setupConsumer()
  const neighbours = Array.from({ length: 20 }, (_, index) => track(`n-${index}`))
  const [guilty, behind, behindIt] = [track('guilty'), track('guilty'), track('guilty')]
  bench.partition.add(...neighbours.slice(0, 13), guilty, ...neighbours.slice(13), behind, behindIt)
  poison(bench, guilty, { ...UNAVAILABLE, unknownOutcome: true } as ResponseClass)
  startConsumer(bench)
  await forMs(bench, MINUTE_MS)
  const ids = bench.destination.applied.map(({ id }) => id)
  expect(neighbours.filter(({ id }) => !ids.includes(id))).toEqual([])
  await trickle(bench, 20)
  expect(bench.partition.deadLetters).toMatchObject([
    { id: guilty.id, reason: 'exhausted', maybeDelivered: true },
  ])
  expect(appliedOf(bench, 'guilty')).toEqual([behind.id, behindIt.id])
})

test('an isolated event holds only its own customer up: the others go ahead before it dies', async () => {
  const bench = setupConsumer()
  const guilty = track('guilty')
  bench.partition.add(guilty, track('n-1'), track('n-2'))
  poison(bench, guilty)
  startConsumer(bench)
  await forMs(bench, 30_000)
  const live = await trickle(bench, 0.5)
  expect(bench.partition.deadLetters).toEqual([])
  const ids = bench.destination.applied.map(({ id }) => id)
  expect(live.slice(0, -20).filter(({ id }) => !ids.includes(id))).toEqual([])
})

test('a poison profile operation dies too', async () => {
  const bench = setupConsumer()
  const guilty = suppress('guilty')
  bench.partition.add(guilty, track('n-1'))
  bench.destination.answer = ({ operations }) =>
    operations.some(({ action }) => action === 'suppress') ? UNAVAILABLE : DELIVERED
  startConsumer(bench)
  await trickle(bench, 20)
  expect(bench.partition.deadLetters).toMatchObject([{ id: guilty.id, reason: 'exhausted' }])
})

test('when a single event is all there is it waits, and is delivered when the destination takes it', async () => {
  const bench = setupConsumer()
  const only = track('only')
  bench.partition.add(only)
  let isBroken = true
  bench.destination.answer = () => (isBroken ? UNAVAILABLE : DELIVERED)
  startConsumer(bench)
  await forMs(bench, 120 * MINUTE_MS)
  expect(bench.partition.deadLetters).toEqual([])
  isBroken = false
  await forMs(bench, 2 * MINUTE_MS)
  expect(appliedOf(bench, 'only')).toEqual([only.id])
})

test('an outage of hours kills nothing, and what waits goes in whole batches when it is over', async () => {
  const bench = setupConsumer()
  const events = Array.from({ length: 50 }, (_, index) => track(`n-${index}`))
  bench.partition.add(...events)
  let isBroken = true
  bench.destination.answer = () => (isBroken ? UNAVAILABLE : DELIVERED)
  startConsumer(bench)
  await forMs(bench, 30 * MINUTE_MS)
  const late = await trickle(bench, 5)
  await forMs(bench, 120 * MINUTE_MS)
  const before = bench.destination.sent.length
  isBroken = false
  await forMs(bench, 2 * MINUTE_MS)
  expect(bench.partition.deadLetters).toEqual([])
  expect(bench.destination.applied).toHaveLength(events.length + late.length)
  expect(bench.destination.sent.length - before).toBeLessThan(10)
})

test.each([2, 3])(
  'an endpoint that fails all but each %s. request for hours kills nothing, alone or among others',
  async (period) => {
    const bench = setupConsumer()
    bench.partition.add(...Array.from({ length: 8 }, (_, index) => track(`n-${index}`)))
    bench.destination.answer = (_sent, index) =>
      index % period === period - 1 ? DELIVERED : UNAVAILABLE
    startConsumer(bench)
    const live = await trickle(bench, 30)
    await forMs(bench, 30 * MINUTE_MS)
    expect(bench.partition.deadLetters).toEqual([])
    expect(bench.destination.applied).toHaveLength(8 + live.length)
  },
)

test('an endpoint that fails at random, nine of ten, kills nothing', async () => {
  const bench = setupConsumer()
  const random = randomFrom(7)
  bench.destination.answer = () => (random() < 0.1 ? DELIVERED : UNAVAILABLE)
  startConsumer(bench)
  const live = await trickle(bench, 30)
  await forMs(bench, 240 * MINUTE_MS)
  expect(bench.partition.deadLetters).toEqual([])
  expect(bench.destination.applied).toHaveLength(live.length)
})

test('an endpoint that limits most requests and fails half of the others kills nothing', async () => {
  const bench = setupConsumer()
  const random = randomFrom(11)
  const limited: ResponseClass = { ...UNAVAILABLE, cause: 'rate_limited' } as ResponseClass
  bench.destination.answer = () => {
    const drawn = random()
    if (drawn < 0.6) return limited
    return drawn < 0.8 ? UNAVAILABLE : DELIVERED
  }
  startConsumer(bench)
  const live = await trickle(bench, 30)
  await forMs(bench, 240 * MINUTE_MS)
  expect(bench.partition.deadLetters).toEqual([])
  expect(bench.destination.applied).toHaveLength(live.length)
})

test('an endpoint that takes longer than a profile operation may wait kills none', async () => {
  const bench = setupConsumer()
  const slow = suppress('slow')
  bench.partition.add(slow)
  bench.destination.tookMs = PROFILE_TIMEOUT_MS + 1000
  const unanswered = { ...UNAVAILABLE, cause: 'timeout', unknownOutcome: true } as ResponseClass
  bench.destination.answer = ({ request }) =>
    request.timeoutMs < bench.destination.tookMs ? unanswered : DELIVERED
  startConsumer(bench)
  await trickle(bench, 20)
  expect(bench.partition.deadLetters).toEqual([])
  bench.destination.tookMs = 20
  await forMs(bench, MINUTE_MS)
  expect(bench.partition.deadLetters).toEqual([])
  expect(bench.destination.applied.filter(({ action }) => action === 'suppress')).toHaveLength(1)
})

test('after a time in which all was refused in strange words what waits goes in whole batches', async () => {
  const bench = setupConsumer()
  // One request in a second.
  bench.rate.setShare(1 / 100_000)
  const events = Array.from({ length: 100 }, (_, index) => track(`n-${index}`))
  bench.partition.add(...events)
  let isRefused = true
  bench.destination.answer = () => (isRefused ? refusal(false) : DELIVERED)
  startConsumer(bench)
  await forMs(bench, 30 * MINUTE_MS)
  const before = bench.destination.sent.length
  isRefused = false
  await forMs(bench, 5 * MINUTE_MS)
  expect(bench.partition.deadLetters).toEqual([])
  expect(bench.destination.applied).toHaveLength(events.length)
  expect(bench.destination.sent.length - before).toBeLessThan(50)
})

test.each([
  ['of opposite halves', [3, 15]],
  ['of one half', [3, 5]],
  ['of which there are five', [1, 4, 9, 14, 19]],
])('several poison events %s stop nobody else', async (_where, places) => {
  const bench = setupConsumer()
  const events = Array.from({ length: 20 }, (_, index) => track(`n-${index}`))
  const guilty = places.map((place) => events[place]!)
  bench.partition.add(...events)
  bench.destination.answer = (sent) =>
    guilty.some((event) => contains(sent, event)) ? UNAVAILABLE : DELIVERED
  startConsumer(bench)
  const live = await trickle(bench, 30)
  await forMs(bench, MINUTE_MS)
  const ids = new Set(bench.destination.applied.map(({ id }) => id))
  const bad = new Set(guilty.map(({ id }) => id))
  const others = [...events, ...live].filter(({ id }) => !bad.has(id))
  expect(others.filter(({ id }) => !ids.has(id))).toEqual([])
  const dead = bench.partition.deadLetters.map(({ id }) => id)
  expect(dead.toSorted()).toEqual(guilty.map(({ id }) => id).toSorted())
})

test('an outage of a part of the endpoint, for one customer in five, kills nothing', async () => {
  const bench = setupConsumer()
  let isBroken = true
  const isHit = (customerId: string): boolean => /[05]$/.test(customerId)
  bench.destination.answer = ({ operations }) =>
    isBroken && operations.some(({ identifiers }) => isHit(identifiers.id))
      ? UNAVAILABLE
      : DELIVERED
  startConsumer(bench)
  const live = await trickle(bench, 10)
  expect(bench.partition.deadLetters).toEqual([])
  isBroken = false
  await forMs(bench, 30 * MINUTE_MS)
  expect(bench.partition.deadLetters).toEqual([])
  expect(bench.destination.applied).toHaveLength(live.length)
})

test('what is superseded while a part of its batch is tried is settled once', async () => {
  const events = ['a', 'b', 'c', 'd'].map((customer) =>
    track(customer, { name: 'checkout_started' }),
  )
  const marks = events.map((event) => timeRules(retentionPlan, NAMESPACE).placesOf(event)[0]!.mark)
  const stones = new Map<string, number>()
  const { destination, session, send } = setupSender({
    queue: {
      delivered: async (members) => members.map((member) => session.members.has(member)),
      tombstones: async () => new Map(stones),
      unidentified: async () => new Set(),
    },
  })
  destination.answer = (_sent, index) => {
    // Three times the whole batch fails, then a half of it is tried: one event of each half was superseded meanwhile.
    const closed = index === 2 ? [marks[0]!, marks[2]!] : []
    for (const mark of closed) stones.set(mark, events[0]!.occurredAt + 1)
    return index < 8 ? UNAVAILABLE : DELIVERED
  }
  await send(batchOf(...events))
  const settled = session.settled.map(([id]) => id)
  const aside = session.aside.map(({ pending }) => pending.event.id)
  const ids = events.map(({ id }) => id)
  expect(settled.length + aside.length).toBe(ids.length)
  expect(new Set([...settled, ...aside])).toEqual(new Set(ids))
  expect(session.settled.filter(([, outcome]) => outcome === 'dead')).not.toEqual([])
})
