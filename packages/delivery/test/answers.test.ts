// What each answer does to the events of a batch, seen through a consumer on a partition in memory.
import { dedupeMember } from '@retention-relay/events'
import type { ResponseClass } from '@retention-relay/events'
import { expect, test } from 'vitest'

import type { Consumer } from '../src/consumer.ts'
import type { ConsumerBench } from './consumer-setup.ts'
import { forMs, setupConsumer, startConsumer } from './consumer-setup.ts'
import { suppress, track } from './events.ts'
import { idle } from './fake-clock.ts'
import { DELIVERED, refusal, UNAVAILABLE } from './scripted-destination.ts'

/** Starts, and goes on until nothing waits and nothing is active. */
async function drain(bench: ConsumerBench, limitMs = 600_000): Promise<Consumer> {
  const consumer = startConsumer(bench)
  const { partition, clock, renew } = bench
  for (let ms = 0; ms < limitMs; ms += 100) {
    if (partition.wait.length + partition.active.length === 0) return consumer
    await clock.advance(100)
    renew()
  }
  throw new Error(
    `not drained: ${partition.wait.length} wait, ${partition.active.length} are active`,
  )
}

test('an accepted batch is delivered, every event of it', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'), track('b'), track('c'))
  await drain(bench)
  expect(bench.destination.batches).toHaveLength(1)
  expect(bench.partition.counters).toEqual({ accepted: 3, delivered: 3, duplicate: 0, dead: 0 })
})

test('of a partly refused batch the named events die with what was said, the others are delivered', async () => {
  const bench = setupConsumer()
  const [good, bad] = [track('a'), track('b')]
  bench.partition.add(good, bad)
  const rejection = {
    index: 1,
    status: 207,
    reason: 'invalid',
    field: 'attributes.plan',
    message: 'too long',
  }
  bench.destination.answer = () => ({ kind: 'partly_refused', rejections: [rejection] })
  await drain(bench)
  expect(bench.partition.counters).toMatchObject({ delivered: 1, dead: 1 })
  expect(bench.partition.deadLetters).toMatchObject([
    {
      id: bad.id,
      event: bad,
      reason: 'rejected',
      status: 207,
      field: 'attributes.plan',
      message: 'too long',
      attempts: 1,
    },
  ])
})

test('a refused batch is halved until the guilty event stands alone; only it dies', async () => {
  const bench = setupConsumer()
  const events = Array.from({ length: 9 }, (_, index) => track(`cus_${index}`))
  const guilty = events[6]!
  bench.partition.add(...events)
  bench.destination.answer = ({ operations }) =>
    operations.some(({ id }) => id === guilty.id) ? refusal() : DELIVERED
  await drain(bench)
  expect(bench.partition.deadLetters.map(({ id }) => id)).toEqual([guilty.id])
  expect(bench.destination.applied.map(({ id }) => id)).toEqual(
    events.filter((event) => event !== guilty).map(({ id }) => id),
  )
})

test('halves that hold events of one customer go one after the other, the second after the settle of the first', async () => {
  const bench = setupConsumer()
  const backlog = Array.from({ length: 40 }, () => track('a'))
  bench.partition.add(...backlog)
  bench.destination.answer = ({ operations }) => (operations.length > 30 ? refusal() : DELIVERED)
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  bench.partition.holdAnswers('settle', gate)
  startConsumer(bench)
  await forMs(bench, 500)
  expect(bench.destination.batches.map((batch) => batch.length)).toEqual([40, 20])
  open()
  await forMs(bench, 500)
  expect(bench.destination.applied.map(({ id }) => id)).toEqual(backlog.map(({ id }) => id))
})

test('a refusal in words that are not its own kills nothing while nothing else is accepted', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'), track('b'))
  bench.destination.answer = () => refusal(false)
  startConsumer(bench)
  await forMs(bench, 180_000)
  expect(bench.partition.deadLetters).toEqual([])
  expect(bench.recorder.pauses).toContain('refuses_everything')
  expect(bench.destination.sent.length).toBeGreaterThan(5)
})

/** Adds an event of another customer a second, until there is a dead letter. Returns how many. */
async function liveUntilDeath(bench: ConsumerBench): Promise<number> {
  for (let live = 1; live <= 600; live += 1) {
    bench.partition.add(track(`live-${live}`))
    await forMs(bench, 1000)
    if (bench.partition.deadLetters.length > 0) return live
  }
  throw new Error('nothing died')
}

test('an event that is refused in such words dies alone, when others are accepted again and again', async () => {
  const bench = setupConsumer()
  const [guilty, neighbour] = [track('a'), track('b')]
  bench.partition.add(guilty, neighbour)
  bench.destination.answer = ({ operations }) =>
    operations.some(({ id }) => id === guilty.id) ? refusal(false) : DELIVERED
  startConsumer(bench)
  const live = await liveUntilDeath(bench)
  expect(bench.partition.deadLetters.map(({ id }) => id)).toEqual([guilty.id])
  expect(bench.destination.applied).toHaveLength(live + 1)
})

test.each<[string, ResponseClass]>([
  ['refuses in such words', refusal(false)],
  ['is out', UNAVAILABLE],
  ['leaves no outcome', { ...UNAVAILABLE, unknownOutcome: true } as ResponseClass],
])('an endpoint that %s at every second request for an hour kills nothing', async (_what, bad) => {
  const bench = setupConsumer()
  bench.destination.answer = (_, index) => (index % 2 === 0 ? bad : DELIVERED)
  startConsumer(bench)
  const events = 1800
  for (let live = 1; live <= events; live += 1) {
    bench.partition.add(track(`live-${live}`))
    await forMs(bench, 2_000)
  }
  await forMs(bench, 600_000)
  expect(bench.partition.deadLetters).toEqual([])
  expect(new Set(bench.destination.applied.map(({ id }) => id)).size).toBe(events)
})

test('an event that was put aside does not hold up the customers behind it', async () => {
  const bench = setupConsumer()
  const guilty = track('a')
  bench.partition.add(guilty)
  bench.destination.answer = ({ operations }) =>
    operations.some(({ id }) => id === guilty.id) ? refusal(false) : DELIVERED
  startConsumer(bench)
  await forMs(bench, 1000)
  const later = track('b')
  bench.partition.add(later)
  await forMs(bench, 200)
  expect(bench.destination.applied.map(({ id }) => id)).toEqual([later.id])
})

test('what stands behind an event that was put aside, in its own batch, does not overtake it', async () => {
  const bench = setupConsumer()
  const backlog = Array.from({ length: 40 }, () => track('a'))
  const guilty = backlog[3]!
  bench.partition.add(...backlog, track('b'))
  let isForgiving = false
  bench.destination.answer = ({ operations }) =>
    !isForgiving && operations.some(({ id }) => id === guilty.id) ? refusal(false) : DELIVERED
  bench.gate.noteAccepted = () => undefined
  startConsumer(bench)
  await forMs(bench, 5_000)
  isForgiving = true
  await forMs(bench, 120_000)
  const own = bench.destination.applied.filter(({ identifiers }) => identifiers.id === 'a')
  expect(own.map(({ id }) => id)).toEqual(backlog.map(({ id }) => id))
})

test('503 is tried again in place, with growing waits, until it passes; nothing dies and nothing overtakes', async () => {
  const bench = setupConsumer()
  const events = [track('a'), track('a'), track('b')]
  bench.partition.add(...events)
  bench.destination.answer = (_, index) => (index < 8 ? UNAVAILABLE : DELIVERED)
  const started = bench.clock.monotonic()
  await drain(bench)
  // random() is 1 here: 0.5 + 1 + 2 + 4 s in place, then the waits of the breaker.
  expect(bench.clock.monotonic() - started).toBeGreaterThanOrEqual(7_500)
  const both = [events[0]!.id, events[2]!.id]
  expect(bench.destination.batches.slice(0, 3)).toEqual([both, both, both])
  const own = bench.destination.applied.filter(({ identifiers }) => identifiers.id === 'a')
  expect(own.map(({ id }) => id)).toEqual([events[0]!.id, events[1]!.id])
  expect(bench.partition.counters).toEqual({ accepted: 3, delivered: 3, duplicate: 0, dead: 0 })
})

test('a wait that the destination asked for is kept, and its rate shrinks', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  const before = bench.rate.perSecond
  bench.destination.answer = (_, index) =>
    index === 0
      ? {
          kind: 'retry',
          cause: 'rate_limited',
          unknownOutcome: false,
          retryAfterMs: 20_000,
          detail: '429',
        }
      : DELIVERED
  startConsumer(bench)
  await forMs(bench, 19_000)
  expect(bench.destination.sent).toHaveLength(1)
  expect(bench.rate.perSecond).toBeLessThan(before)
  await forMs(bench, 2_000)
  expect(bench.destination.sent).toHaveLength(2)
})

test('an unknown outcome is tried again with the same id, and a later death tells that it may have been delivered', async () => {
  const bench = setupConsumer()
  const event = track('a')
  bench.partition.add(event)
  const timeout: ResponseClass = {
    kind: 'retry',
    cause: 'timeout',
    unknownOutcome: true,
    detail: 'no answer',
  }
  bench.destination.answer = (_, index) => (index === 0 ? timeout : refusal())
  await drain(bench)
  expect(bench.destination.batches).toEqual([[event.id], [event.id]])
  expect(bench.partition.deadLetters).toMatchObject([
    { id: event.id, attempts: 2, maybeDelivered: true },
  ])
})

test('an event that was delivered meanwhile is dropped before the next try', async () => {
  const bench = setupConsumer()
  const [mine, other] = [track('a'), track('b')]
  bench.partition.add(mine, other)
  bench.destination.answer = async (sent, index) => {
    if (index > 0) return DELIVERED
    // Another worker has delivered it and only the dedupe store was written.
    bench.partition.members.add(dedupeMember(mine.id))
    return sent.operations.length === 2 ? UNAVAILABLE : DELIVERED
  }
  await drain(bench)
  expect(bench.destination.batches).toEqual([[mine.id, other.id], [other.id]])
  expect(bench.partition.counters).toMatchObject({ delivered: 1, duplicate: 1, dead: 0 })
})

test('refused credentials pause everything and kill nothing; accepted again, it goes on', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  let isGood = false
  bench.destination.probe = async () => ({ kind: isGood ? 'accepted' : 'refused' })
  bench.destination.answer = () =>
    isGood ? DELIVERED : { kind: 'unauthorized', status: 401, rejection: { status: 401 } }
  startConsumer(bench)
  await forMs(bench, 30_000)
  expect(bench.recorder.pauses).toEqual(['auth'])
  expect(bench.destination.sent).toHaveLength(1)
  isGood = true
  await forMs(bench, 120_000)
  expect(bench.recorder.resumes).toEqual(['auth'])
  expect(bench.partition.counters).toMatchObject({ delivered: 1, dead: 0 })
})

test('what a former owner settled while the credentials were refused is not sent again', async () => {
  const bench = setupConsumer()
  const event = track('a')
  bench.partition.add(event)
  let isGood = false
  bench.destination.probe = async () => ({ kind: isGood ? 'accepted' : 'refused' })
  bench.destination.answer = () => ({
    kind: 'unauthorized',
    status: 401,
    rejection: { status: 401 },
  })
  startConsumer(bench)
  await forMs(bench, 5_000)
  bench.partition.members.add(dedupeMember(event.id))
  isGood = true
  await forMs(bench, 120_000)
  expect(bench.destination.sent).toHaveLength(1)
  expect(bench.partition.counters).toMatchObject({ delivered: 0, duplicate: 1, dead: 0 })
})

test('a 403 while the credentials are good is about the content: the batch is halved', async () => {
  const bench = setupConsumer()
  const [guilty, neighbour] = [track('a'), track('b')]
  bench.partition.add(guilty, neighbour)
  bench.destination.answer = ({ operations }) =>
    operations.some(({ id }) => id === guilty.id)
      ? { kind: 'unauthorized', status: 403, rejection: { status: 403 } }
      : DELIVERED
  startConsumer(bench)
  const live = await liveUntilDeath(bench)
  expect(bench.partition.deadLetters.map(({ id, status }) => [id, status])).toEqual([
    [guilty.id, 403],
  ])
  expect(bench.destination.applied).toHaveLength(live + 1)
})

test('a 401 while the destination cannot be asked is tried again', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  bench.destination.probe = async () => ({ kind: 'unreachable' })
  bench.destination.answer = (_, index) =>
    index < 3 ? { kind: 'unauthorized', status: 401, rejection: { status: 401 } } : DELIVERED
  await drain(bench)
  expect(bench.recorder.pauses).toEqual([])
  expect(bench.partition.counters).toMatchObject({ delivered: 1, dead: 0 })
})

test('a wrong address pauses and kills nothing', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  bench.destination.answer = (_, index) =>
    index < 4 ? { kind: 'wrong_address', status: 404 } : DELIVERED
  await drain(bench)
  expect(bench.recorder.pauses).toContain('destination')
  expect(bench.partition.counters).toMatchObject({ delivered: 1, dead: 0 })
})

test('answers that cannot be read, again and again, are said', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  const unreadable: ResponseClass = {
    kind: 'retry',
    cause: 'unreadable_answer',
    unknownOutcome: true,
    detail: 'HTML',
  }
  bench.destination.answer = (_, index) => (index < 4 ? unreadable : DELIVERED)
  await drain(bench)
  expect(bench.recorder.pauses).toEqual(['unreadable_answer'])
  expect(bench.partition.counters).toMatchObject({ delivered: 1, dead: 0 })
})

test('item errors without a usable place halve the batch', async () => {
  const bench = setupConsumer()
  const events = [track('a'), track('b'), track('c'), track('d')]
  const guilty = events[2]!
  bench.partition.add(...events)
  bench.destination.answer = ({ operations }) =>
    operations.some(({ id }) => id === guilty.id)
      ? {
          kind: 'item_errors_unclear',
          rejection: { status: 207, reason: 'required', field: 'name' },
        }
      : DELIVERED
  await drain(bench)
  expect(bench.partition.deadLetters.map(({ id, field }) => [id, field])).toEqual([
    [guilty.id, 'name'],
  ])
  expect(bench.partition.counters).toMatchObject({ delivered: 3, dead: 1 })
})

test('a profile operation goes alone, with a short bound, and only with enough of the lease left', async () => {
  const bench = setupConsumer()
  bench.partition.add(suppress('a'), track('b'))
  bench.clock.jump(4_000)
  startConsumer(bench)
  await idle()
  await bench.clock.advance(200)
  // The requeue has prolonged the lease, so it may go.
  expect(bench.destination.sent.map(({ request }) => request.timeoutMs)).toEqual([3_000, 10_000])
  expect(
    bench.destination.sent.map(({ operations }) => operations.map(({ action }) => action)),
  ).toEqual([['suppress'], ['event']])
})

test('with too little of the lease left a profile operation waits for the renewal', async () => {
  const bench = setupConsumer()
  startConsumer(bench)
  await bench.clock.advance(100)
  bench.clock.jump(4_000)
  bench.partition.add(suppress('a'))
  await bench.clock.advance(500)
  expect(bench.destination.sent).toHaveLength(0)
  bench.renew()
  await bench.clock.advance(500)
  expect(bench.destination.sent).toHaveLength(1)
})
