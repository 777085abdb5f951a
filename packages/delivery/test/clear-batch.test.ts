// What a batch that does not go after all leaves behind: the permit of the circuit breaker and the request of the rate are
// given back, whatever was the cause, or nobody would ever go again.
import { expect, test } from 'vitest'

import { OPEN_AFTER } from '../src/circuit-breaker.ts'
import type { Permit } from '../src/circuit-breaker.ts'
import { deferred } from '../src/deferred.ts'
import type { EndpointGate } from '../src/endpoint-gate.ts'
import { RateShare } from '../src/rate-share.ts'
import type { SenderParts } from '../src/send-batch.ts'
import { track } from './events.ts'
import { FakeClock, idle } from './fake-clock.ts'
import { DELIVERED } from './scripted-destination.ts'
import { batchOf, setupSender } from './sender-setup.ts'

const { signal } = new AbortController()

/** A sender whose gate lets probes through only, the next one now, and whose rate has one request left. */
async function setup() {
  const clock = new FakeClock()
  const rate = new RateShare(10, clock)
  const bench = setupSender({ rate }, clock)
  bench.destination.probe = async () => ({ kind: 'unreachable' })
  rate.setShare(1)
  for (let failure = 0; failure < OPEN_AFTER; failure += 1) {
    bench.gate.leave((await bench.gate.enter(signal))!, 'down')
  }
  await clock.advance(60_000)
  const batch = batchOf(track('a'))
  return { ...bench, rate, batch, member: batch[0]!.pending.member }
}

/** The permit that is to be had at once; null when there is none. */
async function permitNow(gate: EndpointGate): Promise<Permit | null> {
  const giveUp = new AbortController()
  const entering = gate.enter(giveUp.signal)
  await idle()
  giveUp.abort()
  return await entering
}

/** Whether a request may go at once. */
async function hasRequestNow(rate: RateShare): Promise<boolean> {
  const giveUp = new AbortController()
  const taking = rate.take(giveUp.signal)
  await idle()
  giveUp.abort()
  return await taking
}

test('a batch of duplicates gives its permit and its request of the rate back', async () => {
  const { gate, rate, session, batch, member, send, destination } = await setup()
  session.members.add(member)
  await send(batch)
  expect(destination.sent).toEqual([])
  expect([await permitNow(gate), await hasRequestNow(rate)]).toEqual([{ isProbe: true }, true])
})

test('a batch whose look-up in the dedupe store fails gives both back', async () => {
  const { gate, rate, batch, send, session } = await setup()
  session.members.has = () => {
    throw new Error('ECONNRESET')
  }
  await send(batch)
  expect(session.failures).toHaveLength(1)
  expect([await permitNow(gate), await hasRequestNow(rate)]).toEqual([{ isProbe: true }, true])
})

test('a batch whose lease is over gives both back', async () => {
  const { gate, rate, batch, lease, send } = await setup()
  lease.end()
  await send(batch)
  expect([await permitNow(gate), await hasRequestNow(rate)]).toEqual([{ isProbe: true }, true])
})

test('a batch whose session ends while it waits for the rate gives its permit back', async () => {
  const { gate, rate, batch, session, sender, clock } = await setup()
  expect(await hasRequestNow(rate)).toBe(true)
  const sending = sender.send(batch)
  await idle()
  expect(await permitNow(gate)).toBeNull()
  session.ended.abort()
  await clock.until(sending)
  expect(await permitNow(gate)).toEqual({ isProbe: true })
})

/** Look-ups that take their time. */
const slowly = (wait: () => Promise<unknown>): SenderParts['queue'] => ({
  delivered: async (members) => {
    await wait()
    return members.map(() => false)
  },
  tombstones: async () => new Map(),
  unidentified: async () => new Set(),
})

test('after a Redis that hung, all partitions together stay within the rate', async () => {
  const clock = new FakeClock()
  const rate = new RateShare(40, clock)
  const redis = deferred()
  const benches = Array.from({ length: 64 }, () =>
    setupSender({ rate, queue: slowly(() => redis.promise) }, clock),
  )
  rate.setShare(1)
  const sentAt: number[] = []
  const sends = benches.map(async ({ destination, sender }, index) => {
    destination.answer = () => {
      sentAt.push(clock.monotonic())
      return DELIVERED
    }
    await sender.send(batchOf(track(`c-${index}`)))
  })
  await clock.advance(5_000)
  expect(sentAt).toEqual([])
  redis.resolve()
  await clock.until(Promise.all(sends))
  expect(sentAt).toHaveLength(64)
  const inSecond = sentAt.map((at) => sentAt.filter((other) => other >= at && other < at + 1000))
  expect(Math.max(...inSecond.map(({ length }) => length))).toBeLessThanOrEqual(44)
})

test('a Redis that is always slow holds nobody up for good', async () => {
  const clock = new FakeClock()
  const { send, destination } = setupSender(
    { queue: slowly(() => clock.sleep(700, signal)) },
    clock,
  )
  await send(batchOf(track('a')))
  expect(destination.sent).toHaveLength(1)
})
