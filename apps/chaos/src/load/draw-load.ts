// Draws the calls of one producer from the run's seed, so that a restarted process knows what its predecessor was about
// to say. In the order of their times; the calls of one customer are made in this order.

import { Random } from '@retention-relay/testkit'
import type { Load } from '../schedule/schedule.ts'
import type { CallPlace } from './calls.ts'
import {
  addDevice,
  checkoutStarted,
  deleteDevice,
  identify,
  merge,
  orderPlaced,
  pageSeen,
  profileOperation,
} from './calls.ts'
import { plantSuperseded } from './plant-superseded.ts'
import type { PlannedCall } from './planned-call.ts'

/** Whose calls. */
export interface LoadPlace {
  readonly seed: number
  readonly namespace: string
  /** 1-based. */
  readonly producer: number
  readonly load: Load
}

const KINDS = [
  { kind: 'page', weight: 70 },
  { kind: 'identify', weight: 14 },
  { kind: 'order', weight: 7 },
  { kind: 'checkout', weight: 5 },
  { kind: 'refused', weight: 3 },
  { kind: 'device', weight: 2 },
] as const

/** The calls of one producer. */
export function drawLoad(place: LoadPlace): PlannedCall[] {
  return plantSuperseded(drawCalls(place), drawLaterCalls(place))
}

/** The calls of the producers whose events all happened later: those with a smaller number (`event-times.ts`). */
export function drawLaterCalls(place: LoadPlace): PlannedCall[] {
  const laterProducers = Array.from({ length: place.producer - 1 }, (_, index) => index + 1)
  return laterProducers.flatMap((producer) => drawCalls({ ...place, producer }))
}

function drawCalls(place: LoadPlace): PlannedCall[] {
  const random = new Random(place.seed, `load-${place.producer}`)
  const calls = [
    ...ordinaryCalls(place, random),
    ...backlogCalls(place, random),
    ...lastCalls(place, random),
  ]
  return calls.toSorted((one, other) => one.atMs - other.atMs)
}

function ordinaryCalls(place: LoadPlace, random: Random): PlannedCall[] {
  const { load, producer } = place
  const count = Math.floor((load.eventsPerSecond * load.forMs) / 1000)
  const times = Array.from({ length: count }, () => random.whole(0, load.forMs))
  const orders = new Map<string, number>()
  return times
    .toSorted((one, other) => one - other)
    .flatMap((atMs, index) => {
      const isShared = random.chance(0.2)
      const customerId = isShared
        ? `shared-${random.whole(1, load.sharedCustomers)}`
        : `own-${producer}-${random.whole(1, load.ownCustomers)}`
      return ordinaryCall(placeOf(place, `${index}`, atMs, customerId), random, orders)
    })
}

function ordinaryCall(
  place: CallPlace,
  random: Random,
  orders: Map<string, number>,
): PlannedCall[] {
  const { kind } = random.weighted(KINDS)
  switch (kind) {
    case 'page':
      return [pageSeen(place)]
    case 'refused':
      return [pageSeen(place, true)]
    case 'identify':
      return [identify(place)]
    case 'order':
      return [orderPlaced(place, orderOf(place, random, orders))]
    case 'checkout':
      return checkoutCalls(place, random)
    case 'device': {
      const later = { ...place, key: `${place.key}-end`, atMs: place.atMs + 1 }
      return [addDevice(place, place.key), deleteDevice(later, place.key)]
    }
  }
}

/** A checkout and, mostly, its order. */
function checkoutCalls(place: CallPlace, random: Random): PlannedCall[] {
  const checkout = checkoutStarted(place, place.key)
  const atMs = place.atMs + random.whole(1, 2000)
  if (random.chance(0.3)) return [checkout]
  return [checkout, orderPlaced({ ...place, atMs }, `checkout-${place.key}`, place.key)]
}

/** A new order, or the last one again. Of a shared customer every producer tells the same orders. */
function orderOf(place: CallPlace, random: Random, orders: Map<string, number>): string {
  const last = orders.get(place.customerId) ?? 0
  const number = last > 0 && random.chance(0.4) ? last : last + 1
  orders.set(place.customerId, number)
  return `${place.customerId}-${number}`
}

/** Many events of one customer in one moment. */
function backlogCalls(place: LoadPlace, random: Random): PlannedCall[] {
  const { load, producer } = place
  const atMs = random.whole(0, Math.floor(load.forMs / 2))
  const customerId = `own-${producer}-1`
  return Array.from({ length: load.backlog }, (_, index) =>
    pageSeen(placeOf(place, `backlog-${index}`, atMs, customerId)),
  )
}

/** Profile operations: each once, about customers of their own. */
function lastCalls(place: LoadPlace, random: Random): PlannedCall[] {
  const { load, producer } = place
  return Array.from({ length: random.whole(2, 6) }, (_, index) => {
    const customerId = `leaving-${producer}-${index}`
    const first = random.whole(0, load.forMs)
    const at = (step: number): CallPlace =>
      placeOf(place, `${customerId}-${step}`, first + step, customerId)
    const last = [
      [profileOperation(at(2), 'delete'), pageSeen(at(3))],
      [profileOperation(at(2), 'suppress'), profileOperation(at(3), 'unsuppress')],
      [merge(at(2), `${customerId}-primary`)],
    ]
    return [pageSeen(at(0)), identify(at(1)), ...random.pick(last)]
  }).flat()
}

function placeOf(place: LoadPlace, key: string, atMs: number, customerId: string): CallPlace {
  const { namespace, producer } = place
  return { namespace, key: `${producer}-${key}`, atMs, customerId }
}
