// What a settle is told as.
import { expect, test } from 'vitest'

import { deadOutcome, deliveredOutcome } from '../src/outcomes.ts'
import { settleFacts } from '../src/settle-facts.ts'
import { identify, pendAll, track } from './events.ts'

const NOW = Date.UTC(2026, 10, 24, 12)
const HOUR_MS = 60 * 60 * 1000
const settler = { partition: 3, worker: 'w', now: () => NOW }

test('a delivered track counts as late from 72 hours on; what is not delivered, or no track, does not', () => {
  const at = (hours: number) => ({ occurredAt: NOW - hours * HOUR_MS })
  const [justInTime, late, twice, dead, attributes] = pendAll(
    track('a', at(72)),
    track('b', { occurredAt: at(72).occurredAt - 1 }),
    track('c', at(80)),
    track('d', at(80)),
    { ...identify('e'), ...at(80) },
  )
  const outcomes = [
    deliveredOutcome(justInTime!, 'delivered'),
    deliveredOutcome(late!, 'delivered'),
    deliveredOutcome(twice!, 'duplicate'),
    deadOutcome(dead!, 'rejected', {}, settler),
    deliveredOutcome(attributes!, 'delivered'),
  ]
  const facts = settleFacts(3, outcomes, NOW)
  expect(facts).toMatchObject({ partition: 3, delivered: 3, duplicate: 1, late: 1 })
  expect(facts.dead.map(({ id }) => id)).toEqual([dead!.event.id])
  expect(facts.latenciesMs).toEqual([HOUR_MS, HOUR_MS, HOUR_MS])
})

test('what was tolerated is told once it is delivered, and not when it dies', () => {
  const [delivered, dead, right] = pendAll(track('a'), track('b'), identify('c'))
  const [odd, refused] = [delivered!, dead!].map((pending) => ({ ...pending, tolerated: 'odd' }))
  const outcomes = [
    deliveredOutcome(odd!, 'delivered'),
    deadOutcome(refused!, 'rejected', {}, settler),
    deliveredOutcome(right!, 'delivered'),
  ]
  expect(settleFacts(3, outcomes, NOW).tolerated).toEqual([
    { id: odd!.event.id, label: 'order_placed', fault: 'odd' },
  ])
})
