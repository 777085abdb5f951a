// Holds what the mock applied against what was sent: each delivered event once, and in order per customer.

import type { ReceivedOperation } from '@retention-relay/mock-customerio'

/** One event that was sent, in the order of sending. */
export interface SentEvent {
  readonly customerId: string
  /** Its id; Customer.io is not told the id of anything but a track, so those are compared by their kind. */
  readonly id: string
  readonly op: string
}

/** What the comparison found. */
export interface DeliveryCheck {
  /** Events applied after a later one of their customer. */
  readonly inversions: number
  /** Events applied more than once. */
  readonly doubled: number
  /** Events that the mock never applied: dead letters, if all is well. */
  readonly missing: number
}

/** Compares per customer. `received` holds what was applied, repeats that the mock dropped left out. */
export function checkDeliveries(
  sent: readonly SentEvent[],
  received: readonly ReceivedOperation[],
): DeliveryCheck {
  const expected = byCustomer(sent)
  const applied = byCustomer(received)
  let [inversions, doubled, missing] = [0, 0, 0]
  for (const [customerId, events] of expected) {
    const found = checkCustomer(events, applied.get(customerId) ?? [])
    inversions += found.inversions
    doubled += found.doubled
    missing += found.missing
  }
  return { inversions, doubled, missing }
}

function byCustomer<Entry extends { readonly customerId: string }>(
  entries: readonly Entry[],
): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const group = groups.get(entry.customerId)
    if (group === undefined) groups.set(entry.customerId, [entry])
    else group.push(entry)
  }
  return groups
}

function checkCustomer(
  sent: readonly SentEvent[],
  received: readonly ReceivedOperation[],
): DeliveryCheck {
  // Places in the order of sending that are still to be seen, by what Customer.io is told.
  const places = new Map<string, number[]>()
  sent.forEach((event, place) => {
    const key = event.op === 'track' ? event.id : event.op
    places.set(key, [...(places.get(key) ?? []), place])
  })
  let [inversions, doubled, furthest, seen] = [0, 0, -1, 0]
  for (const { action, id } of received) {
    const known = places.get(action === 'event' ? (id ?? '') : action)
    if (known === undefined) continue
    const place = known.shift()
    if (place === undefined) {
      doubled += 1
      continue
    }
    seen += 1
    if (place < furthest) inversions += 1
    furthest = Math.max(furthest, place)
  }
  return { inversions, doubled, missing: sent.length - seen }
}
