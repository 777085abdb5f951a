// The rule of decision 0008, apart from any traffic: how many failures an event dies of, by what else failed meanwhile, and
// which part of a batch is asked whether the endpoint is healthy.
import { expect, test } from 'vitest'

import { canaryOf, isExhausted, isSuspicious, suspectAgain } from '../src/isolate-event.ts'
import type { Batch } from '../src/batch.ts'
import type { SendHistory, Suspect } from '../src/pending-event.ts'
import { track } from './events.ts'
import { UNAVAILABLE } from './scripted-destination.ts'
import { batchOf, setupSender } from './sender-setup.ts'

const NOTHING = { accepted: 0, failed: 0 }

function suspect(failures: number, ownFailures = failures): Suspect {
  return { failures, ownFailures, judgedFailures: ownFailures, acceptedBefore: 0, since: NOTHING }
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

test('a failure of a suspect event counts once, however often the event is judged', () => {
  const history: SendHistory = { attempts: 0, maybeDelivered: false, suspect: suspect(3) }
  const judge = (accepted: number) =>
    suspectAgain(history, { failures: 5, acceptedBefore: 0 }, { accepted, failed: 5 }).failures
  expect(judge(1)).toBe(3)
  history.suspect!.ownFailures += 1
  expect([judge(2), judge(3)]).toEqual([4, 4])
})

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
  expect([destination.sent.length, gate.seenBy('track').failed]).toEqual([2, 2])
})

const idsOf = (batch: Batch): string[] => batch.map(({ pending }) => pending.event.id)

test('the canaries of a batch are a half, a quarter, down to one event, from other places each time', () => {
  const batch = batchOf(...Array.from({ length: 64 }, (_, index) => track(`c-${index}`)))
  const canaries = Array.from({ length: 40 }, (_, index) => canaryOf(batch, index + 1))
  expect(canaries.map(({ length }) => length).slice(0, 8)).toEqual([32, 16, 8, 4, 2, 1, 1, 1])
  const singles = canaries.filter(({ length }) => length === 1).map((canary) => idsOf(canary)[0])
  expect(new Set(singles).size).toBeGreaterThan(20)
})

test('no canary overtakes an earlier event of its customer', () => {
  const customers = ['a', 'b', 'a', 'c', 'b', 'a', 'd', 'c']
  const batch = batchOf(...customers.map((customer) => track(customer)))
  for (let number = 1; number <= 40; number += 1) {
    const canary = canaryOf(batch, number)
    expect(canary.length).toBeGreaterThan(0)
    const places = canary.map((item) => batch.indexOf(item))
    const overtaken = batch.filter(
      (item, place) =>
        !canary.includes(item) &&
        canary.some(
          ({ pending }, at) =>
            pending.event.customerId === item.pending.event.customerId && place < places[at]!,
        ),
    )
    expect(idsOf(overtaken)).toEqual([])
  }
})

test('of a batch of one customer every canary is its beginning', () => {
  const batch = batchOf(...Array.from({ length: 8 }, () => track('a')))
  for (let number = 1; number <= 10; number += 1) {
    const canary = canaryOf(batch, number)
    expect(idsOf(canary)).toEqual(idsOf(batch.slice(0, canary.length)))
  }
})

test('a row of failures is suspicious where others are accepted, and not where most requests fail', () => {
  const row = (failures: number) => ({
    failures,
    over: 0,
    acceptedBefore: 0,
    ofBatch: { failed: failures, partsFailed: 0, partsAccepted: 0 },
  })
  const seen = (part: number) => ({ ...NOTHING, recentlyFailed: () => part })
  expect([1, 2, 3].map((failures) => isSuspicious(row(failures), seen(0.02)))).toEqual([
    true,
    true,
    true,
  ])
  expect([3, 4, 5].map((failures) => isSuspicious(row(failures), seen(0.5)))).toEqual([
    false,
    false,
    true,
  ])
  const parts = { failed: 30, partsFailed: 20, partsAccepted: 2 }
  expect(isSuspicious({ ...row(5), ofBatch: parts }, seen(0.9))).toBe(false)
})
