// The rule of decision 0008, apart from any traffic: how many failures an event dies of, by what else failed meanwhile, and
// which part of a batch is asked whether the endpoint is healthy.
import { expect, test } from 'vitest'

import { canaryOf, isExhausted } from '../src/isolate-event.ts'
import type { Suspect } from '../src/pending-event.ts'
import { track } from './events.ts'
import { UNAVAILABLE } from './scripted-destination.ts'
import { batchOf, setupSender } from './sender-setup.ts'

const NOTHING = { accepted: 0, failed: 0 }

function suspect(failures: number, ownFailures = failures): Suspect {
  return { failures, ownFailures, acceptedBefore: 0, since: NOTHING }
}

test.each([
  [0, 10],
  [0.5, 30],
  [0.9, 197],
])(
  'while %d of the other requests fail an event dies of %d failures, and of no fewer',
  (part, needed) => {
    const seen = (ownFailures: number) => {
      return { accepted: 10_000 * (1 - part), failed: 10_000 * part + ownFailures }
    }
    expect(isExhausted(suspect(needed), seen(needed))).toBe(true)
    expect(isExhausted(suspect(needed - 1), seen(needed - 1))).toBe(false)
  },
)

test('while nothing is accepted no number of failures is enough', () => {
  expect(isExhausted(suspect(1000), { accepted: 0, failed: 1_000_000 })).toBe(false)
})

test('a failure of a suspect event counts as the endpoint’s: it is evidence for every other one', async () => {
  const { destination, session, gate, send } = setupSender()
  destination.answer = () => UNAVAILABLE
  session.hasOthers = true
  const batch = batchOf(track('a'))
  batch[0]!.pending.history.suspect = suspect(0)
  await send(batch)
  expect([destination.sent.length, gate.failed]).toEqual([2, 2])
})

test('the canary is one half, the next time the other, and overtakes nobody of the first', () => {
  const [a1, b, a2, c] = [track('a'), track('b'), track('a'), track('c')]
  const batch = batchOf(a1, b, a2, c)
  const canary = (failures: number) =>
    canaryOf(batch, failures).map(({ pending }) => pending.event.id)
  expect([canary(3), canary(4), canary(5)]).toEqual([[a1.id, b.id], [c.id], [a1.id, b.id]])
})

test('of a batch of one customer the canary is always its beginning', () => {
  const run = [track('a'), track('a'), track('a')]
  const canaries = [3, 4].map((failures) => canaryOf(batchOf(...run), failures))
  expect(canaries.map((canary) => canary.map(({ pending }) => pending.event.id))).toEqual([
    [run[0]!.id, run[1]!.id],
    [run[0]!.id, run[1]!.id],
  ])
})
