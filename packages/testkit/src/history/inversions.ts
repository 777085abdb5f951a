// Inversions: an event had its effect before one that comes first. A comes before B of the same customer when the
// acknowledgement of A came before the first call of B began, whoever made them; or when one process called A before B.
// Calls of different processes at the same time have no order, nor have calls whose place is not known.
//
// One walk a customer, from the last effect to the first. What was seen on the way had its effect later, and it is
// enough to keep of it the earliest acknowledgement, and the earliest place of each process. What was acknowledged before
// Redis lost its disk and had its effect after it was stored again by a later call, nobody knows when: it has no place.
// Nor has a repeat of what a failover may have forgotten to be settled; the first effect keeps its place.

import type { CalledEvent } from './called-events.ts'
import { isSettleForgotten } from './disturbances.ts'
import type { Finding } from './finding.ts'
import type { RunFacts } from './records.ts'
import type { Received, Traffic } from './traffic.ts'

export function findInversions(traffic: Traffic, run: RunFacts): Finding[] {
  const found: Finding[] = []
  const hasPlace = (one: Received): boolean =>
    !isStoredAgain(one, run) && !isOfForgotten(one, traffic, run)
  for (const taken of takenByCustomer(traffic.received).values()) {
    inversionsOf(taken, hasPlace, found)
  }
  return found
}

function takenByCustomer(received: readonly Received[]): Map<string, Received[]> {
  const customers = new Map<string, Received[]>()
  for (const one of received) {
    if (one.effect !== 'taken' || one.event === null) continue
    const { customerId } = one.operation
    const taken = customers.get(customerId)
    if (taken === undefined) customers.set(customerId, [one])
    else taken.push(one)
  }
  return customers
}

/** One finding for each event that overtook others. */
function inversionsOf(
  taken: readonly Received[],
  hasPlace: (one: Received) => boolean,
  found: Finding[],
): void {
  const later = new LaterEffects()
  const overtakers = new Set<CalledEvent>()
  for (let at = taken.length - 1; at >= 0; at -= 1) {
    const one = taken[at]!
    const overtaken = later.overtakenBy(one.event!)
    if (overtaken !== null && !overtakers.has(one.event!)) {
      overtakers.add(one.event!)
      found.push(inversion(one, overtaken))
    }
    if (hasPlace(one)) later.add(one)
  }
}

function isStoredAgain({ event, operation }: Received, { wipes }: RunFacts): boolean {
  const acknowledgedAt = event?.acknowledgedAt ?? Infinity
  return wipes.some((at) => acknowledgedAt <= at && at < operation.at)
}

function isOfForgotten(one: Received, { takenOf }: Traffic, run: RunFacts): boolean {
  if (run.failovers.length === 0) return false
  const taken = takenOf.get(one.event!) ?? []
  const formers = taken.slice(0, taken.indexOf(one))
  return formers.some(({ request }) => isSettleForgotten(request, run))
}

function inversion(overtaker: Received, overtaken: Received): Finding {
  return {
    kind: 'inversion',
    customerId: overtaken.operation.customerId,
    id: overtaken.event!.id,
    overtakenBy: overtaker.event!.id,
    requests: [overtaker.request.number, overtaken.request.number],
    at: overtaken.operation.at,
  }
}

/** Effects on one customer that came later than the one that is looked at. */
class LaterEffects {
  #earliestAcknowledged: Received | null = null
  /** By process, the one whose call stands first. */
  readonly #earliestPlaces = new Map<string, Received>()

  /** One of them that comes before `event`. */
  overtakenBy({ storedFrom, firstPlace }: CalledEvent): Received | null {
    const acknowledged = this.#earliestAcknowledged
    if (acknowledged !== null && acknowledged.event!.acknowledgedAt! < storedFrom) {
      return acknowledged
    }
    if (firstPlace === null) return null
    const called = this.#earliestPlaces.get(firstPlace.process)
    return called !== undefined && placeOf(called) < firstPlace.place ? called : null
  }

  add(one: Received): void {
    const { acknowledgedAt, lastPlace } = one.event!
    const earliest = this.#earliestAcknowledged?.event?.acknowledgedAt ?? Infinity
    if (acknowledgedAt !== null && acknowledgedAt < earliest) this.#earliestAcknowledged = one
    if (lastPlace === null) return
    const called = this.#earliestPlaces.get(lastPlace.process)
    if (called === undefined || lastPlace.place < placeOf(called)) {
      this.#earliestPlaces.set(lastPlace.process, one)
    }
  }
}

function placeOf({ event }: Received): number {
  return event?.lastPlace?.place ?? Infinity
}
