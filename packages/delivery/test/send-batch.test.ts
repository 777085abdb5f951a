// What becomes of a batch, for every class of answer (design § 7).
import type { ResponseClass } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { PROFILE_LEASE_MS } from '../src/clear-batch.ts'
import { PROFILE_TIMEOUT_MS } from '../src/endpoint-gate.ts'
import { Lease, momentOf } from '../src/lease.ts'
import { REQUEST_TIMEOUT_MS } from '../src/send-batch.ts'
import { suppress, track } from './events.ts'
import { FakeClock, idle } from './fake-clock.ts'
import { DELIVERED, UNAVAILABLE } from './scripted-destination.ts'
import { batchOf, setupSender } from './sender-setup.ts'

const [a, b, c] = [track('a'), track('b'), track('c')] as const

/** Answers in this order, then with acceptance. */
const inTurn =
  (...answers: ResponseClass[]) =>
  (_sent: unknown, index: number): ResponseClass =>
    answers[index] ?? DELIVERED

const again = (changes: Partial<Extract<ResponseClass, { kind: 'retry' }>>): ResponseClass =>
  ({ ...UNAVAILABLE, ...changes }) as ResponseClass

test('an accepted batch is delivered, in one request of its operations in order', async () => {
  const { destination, session, gate, send } = setupSender()
  await send(batchOf(a, b))
  expect(destination.batches).toEqual([[a.id, b.id]])
  expect(destination.sent[0]?.request.timeoutMs).toBe(REQUEST_TIMEOUT_MS)
  expect(session.settled).toEqual([
    [a.id, 'delivered'],
    [b.id, 'delivered'],
  ])
  expect(gate.seenBy('track').accepted).toBe(1)
})

test('of a partly refused batch only the named events are dead, with what was said about them', async () => {
  const { destination, session, send } = setupSender()
  const said = { status: 207, reason: 'invalid', field: 'name', message: 'too long' }
  destination.answer = () => ({ kind: 'partly_refused', rejections: [{ index: 1, ...said }] })
  await send(batchOf(a, b, c))
  expect(session.settled.map(([, outcome]) => outcome)).toEqual(['delivered', 'dead', 'delivered'])
  expect(session.outcomes[1]?.record).toMatchObject({
    id: b.id,
    reason: 'rejected',
    label: 'order_placed',
    status: 207,
    field: 'name',
    message: 'too long',
    attempts: 1,
    maybeDelivered: false,
    partition: 3,
    worker: 'w',
  })
})

test('a partly refused batch of which nothing was accepted is no proof of a healthy endpoint', async () => {
  const { destination, gate, send } = setupSender()
  const said = { status: 207, reason: 'invalid' }
  destination.answer = () => ({ kind: 'partly_refused', rejections: [{ index: 0, ...said }] })
  await send(batchOf(a))
  expect(gate.seenBy('track').accepted).toBe(0)
})

test('an outage costs no event its life: nothing is halved for good, and the batch goes when it is over', async () => {
  const { destination, recorder, session, rate, send } = setupSender()
  destination.answer = (_sent, index) => (index < 40 ? UNAVAILABLE : DELIVERED)
  const before = rate.perSecond
  await send(batchOf(a, b))
  expect(session.settled).toEqual([
    [a.id, 'delivered'],
    [b.id, 'delivered'],
  ])
  // Whole three times, then a half as the canary, the whole, the other half, the whole, …
  const [whole, first, second] = [[a.id, b.id], [a.id], [b.id]]
  expect(destination.batches.slice(0, 8)).toEqual([
    whole,
    whole,
    whole,
    second,
    whole,
    first,
    whole,
    second,
  ])
  expect([recorder.pauses, recorder.resumes]).toEqual([['destination'], ['destination']])
  expect(rate.perSecond).toBeLessThan(before / 5)
})

test('in place the same request goes again ever later, up to a minute', async () => {
  const { clock, destination, gate, recorder, session, send } = setupSender()
  // As with a breaker that stays closed, since other partitions are served.
  gate.leave = () => undefined
  destination.answer = (_sent, index) => (index < 12 ? UNAVAILABLE : DELIVERED)
  const start = clock.monotonic()
  await send(batchOf(a))
  expect(session.settled).toEqual([[a.id, 'delivered']])
  expect(recorder.requests.map(({ attempt }) => attempt).at(-1)).toBe(13)
  // 500 ms doubling to 32 s, then five times the cap of a minute.
  expect(clock.monotonic() - start).toBeGreaterThanOrEqual(63_500 + 5 * 60_000)
})

test('a 429 shrinks the rate and is obeyed in its Retry-After', async () => {
  const { clock, destination, rate, send } = setupSender()
  const before = rate.perSecond
  const rates: number[] = []
  destination.answer = (_sent, index) => {
    rates.push(rate.perSecond)
    return index === 0 ? again({ cause: 'rate_limited', retryAfterMs: 120_000 }) : DELIVERED
  }
  const start = clock.monotonic()
  await send(batchOf(a))
  expect(clock.monotonic() - start).toBeGreaterThanOrEqual(120_000)
  expect(rates).toEqual([before, before / 2])
})

test('a rate that is limited is no fault of an event: the batch stays whole', async () => {
  const { destination, gate, send } = setupSender()
  destination.answer = (_sent, index) => {
    // Requests of others.
    for (let count = 0; count < 20; count += 1) gate.noteAccepted(20)
    if (index < 3) return again({ cause: 'rate_limited' })
    return index === 3 ? UNAVAILABLE : DELIVERED
  }
  await send(batchOf(a, b))
  expect(destination.batches).toEqual(Array.from({ length: 5 }, () => [a.id, b.id]))
})

test('a 503 does not shrink the rate', async () => {
  const { destination, rate, send } = setupSender()
  const before = rate.perSecond
  destination.answer = inTurn(UNAVAILABLE)
  await send(batchOf(a))
  expect(rate.perSecond).toBe(before)
})

test('after an unknown outcome the events may be delivered, and a later death says so', async () => {
  const { destination, recorder, session, send } = setupSender()
  const said = { status: 207, reason: 'invalid' }
  destination.answer = inTurn(again({ cause: 'timeout', unknownOutcome: true }), {
    kind: 'partly_refused',
    rejections: [{ index: 0, ...said }],
  })
  await send(batchOf(a, b))
  expect(session.outcomes[0]?.record).toMatchObject({ maybeDelivered: true, attempts: 2 })
  expect(recorder.requests.map(({ unknownOutcome }) => unknownOutcome)).toEqual([true, false])
})

test('an answer that nobody can read is asked about again; the third in a row is a pause', async () => {
  const { destination, recorder, send } = setupSender()
  const strange = again({ cause: 'unreadable_answer', unknownOutcome: true })
  destination.answer = inTurn(strange, strange, UNAVAILABLE, strange, strange, strange)
  const sending = send(batchOf(a))
  await sending
  expect(recorder.pauses).toEqual(['destination', 'unreadable_answer'])
  expect(destination.sent).toHaveLength(7)
})

test('a wrong address is a pause and a retry; nothing dies', async () => {
  const { destination, recorder, session, send } = setupSender()
  destination.answer = inTurn({ kind: 'wrong_address', status: 404 })
  await send(batchOf(a))
  expect(recorder.pauses).toEqual(['destination'])
  expect(session.settled).toEqual([[a.id, 'delivered']])
})

test('what the dedupe store has is a duplicate and not sent', async () => {
  const { destination, session, send } = setupSender()
  const batch = batchOf(a, b)
  session.members.add(batch[0]!.pending.member)
  await send(batch)
  expect(destination.batches).toEqual([[b.id]])
  expect(session.settled).toEqual([
    [a.id, 'duplicate'],
    [b.id, 'delivered'],
  ])
})

test('the dedupe store is asked before every request, retries included', async () => {
  const { destination, session, send } = setupSender()
  const batch = batchOf(a, b)
  destination.answer = (_sent, index) => {
    if (index > 0) return DELIVERED
    session.members.add(batch[1]!.pending.member)
    return UNAVAILABLE
  }
  await send(batch)
  expect(destination.batches).toEqual([[a.id, b.id], [a.id]])
  expect(session.settled).toEqual([
    [b.id, 'duplicate'],
    [a.id, 'delivered'],
  ])
})

test('a batch of duplicates only is settled without a request', async () => {
  const { destination, session, send } = setupSender()
  const batch = batchOf(a)
  session.members.add(batch[0]!.pending.member)
  await send(batch)
  expect(destination.sent).toEqual([])
  expect(session.settled).toEqual([[a.id, 'duplicate']])
})

test('when the look-up fails nothing is sent and the session is out of sync', async () => {
  const lost = new Error('ECONNRESET')
  const { destination, session, send } = setupSender({
    queue: {
      delivered: () => Promise.reject(lost),
      tombstones: async () => new Map(),
      unidentified: async () => new Set(),
    },
  })
  await send(batchOf(a))
  expect([destination.sent, session.outcomes, session.failures]).toEqual([[], [], [lost]])
})

test('when the lease ends before the request is handed over nothing is settled', async () => {
  const { destination, session, send } = setupSender()
  destination.answer = () => ({ kind: 'lease_over' })
  await send(batchOf(a))
  expect([destination.sent.length, session.outcomes]).toEqual([1, []])
})

test('the request is guarded by the lease to its last byte', async () => {
  const { destination, lease, send } = setupSender()
  await send(batchOf(a))
  const { guard } = destination.sent[0]!.request
  expect(guard()).toBe(true)
  lease.end()
  expect(guard()).toBe(false)
})

test('a request that is cut off when the session has ended settles nothing and is no failure', async () => {
  const { destination, session, clock, sender } = setupSender()
  destination.answer = () => new Promise(() => undefined)
  const sending = sender.send(batchOf(a))
  await clock.advance(1000)
  session.ended.abort()
  session.cut.abort()
  await clock.until(sending)
  expect([session.outcomes, session.failures]).toEqual([[], []])
})

test('a request that somebody else aborts leaves nothing stranded: the session starts again', async () => {
  const { destination, session, send } = setupSender()
  destination.answer = () => ({ kind: 'aborted', unknownOutcome: true })
  await send(batchOf(a))
  expect(session.failures).toHaveLength(1)
})

test('when the session ends during a wait the batch does not go again', async () => {
  const { destination, session, clock, sender } = setupSender()
  destination.answer = () => UNAVAILABLE
  const sending = sender.send(batchOf(a))
  await clock.advance(100)
  session.ended.abort()
  await sending
  expect(destination.sent).toHaveLength(1)
})

test('nothing is sent when the lease is over', async () => {
  const { destination, lease, send } = setupSender()
  lease.end()
  await send(batchOf(a))
  expect(destination.sent).toEqual([])
})

test('a profile operation waits until enough of the lease is left, and has less time', async () => {
  const clock = new FakeClock()
  const lease = new Lease(3, 'w#1', momentOf(clock), clock, { ttlMs: 10_000, marginMs: 1000 })
  const { destination, sender } = setupSender({ lease }, clock)
  clock.jump(9000 - PROFILE_LEASE_MS + 1)
  const sending = sender.send(batchOf(suppress('a')))
  await clock.advance(200)
  expect(destination.sent).toEqual([])
  lease.extend(momentOf(clock))
  await clock.until(sending)
  expect(destination.sent.map(({ request }) => request.timeoutMs)).toEqual([PROFILE_TIMEOUT_MS])
})

test('a profile operation whose lease runs out while it waits is not sent', async () => {
  const clock = new FakeClock()
  const lease = new Lease(3, 'w#1', momentOf(clock), clock, { ttlMs: 5000, marginMs: 0 })
  const { destination, sender } = setupSender({ lease }, clock)
  await clock.until(sender.send(batchOf(suppress('a'))))
  await idle()
  expect([destination.sent, lease.isValid()]).toEqual([[], false])
})
