// The calls that the load is made of, one maker for each kind.

import type { EventOp } from '@retention-relay/events'
import { deriveId } from '@retention-relay/events'

import type { PlannedCall } from './planned-call.ts'
import { REFUSED_COUPON } from './shop-plan.ts'

const BASKET = {
  items: [{ product_id: 'p-1', name: 'Green tea', quantity: 1, unit_price: 12.9 }],
  value: 12.9,
  currency: 'EUR',
}

/** Where and when a call is made. */
export interface CallPlace {
  readonly namespace: string
  /** Unique in the run: ids are derived from it. */
  readonly key: string
  readonly atMs: number
  readonly customerId: string
}

/** Looked at a page; `refused`: with a coupon that the mock refuses. */
export function pageSeen(place: CallPlace, refused = false): PlannedCall {
  const data = { page: place.key, ...(refused ? { coupon: REFUSED_COUPON } : {}) }
  const { customerId } = place
  const id = idOf(place)
  return {
    ...base(place, 'track', id),
    name: 'page_seen',
    ...(refused ? { planted: 'rejected' as const } : {}),
    input: { op: 'track', customerId, id, name: 'page_seen', data },
  }
}

/** A checkout. */
export function checkoutStarted(place: CallPlace, checkoutId: string): PlannedCall {
  const data = { checkout_id: checkoutId, ...BASKET }
  return {
    ...base(place, 'track', deriveId(place.namespace, 'checkout_started', checkoutId)),
    name: 'checkout_started',
    input: { op: 'track', customerId: place.customerId, name: 'checkout_started', data },
  }
}

/** An order. Its id comes from the order's number, so whoever tells of it again tells of the same event. */
export function orderPlaced(place: CallPlace, orderId: string, checkoutId?: string): PlannedCall {
  const data = { order_id: orderId, checkout_id: checkoutId, ...BASKET }
  return {
    ...base(place, 'track', deriveId(place.namespace, 'order_placed', orderId)),
    name: 'order_placed',
    input: { op: 'track', customerId: place.customerId, name: 'order_placed', data },
  }
}

/** Attributes that carry the id. */
export function identify(place: CallPlace): PlannedCall {
  const { customerId } = place
  const id = idOf(place)
  const input = { op: 'identify', customerId, id, attributes: { relay_event: id } } as const
  return { ...base(place, 'identify', id), mark: id, input }
}

/** A device, recognized by its token. */
export function addDevice(place: CallPlace, token: string): PlannedCall {
  const { customerId } = place
  const id = idOf(place)
  const device = { token, platform: 'ios' } as const
  return {
    ...base(place, 'add_device', id),
    mark: token,
    input: { op: 'add_device', customerId, id, device },
  }
}

/** The end of a device. */
export function deleteDevice(place: CallPlace, token: string): PlannedCall {
  const { customerId } = place
  const id = idOf(place)
  return {
    ...base(place, 'delete_device', id),
    mark: token,
    input: { op: 'delete_device', customerId, id, token },
  }
}

/** A profile operation, once per customer: nothing tells two of them apart. */
export function profileOperation(
  place: CallPlace,
  op: 'delete' | 'suppress' | 'unsuppress',
): PlannedCall {
  const { customerId } = place
  const id = idOf(place)
  return { ...base(place, op, id), input: { op, customerId, id } }
}

/** The last call about a customer. */
export function merge(place: CallPlace, into: string): PlannedCall {
  const { customerId } = place
  const id = idOf(place)
  return { ...base(place, 'merge', id), mark: into, input: { op: 'merge', customerId, id, into } }
}

function base(place: CallPlace, op: EventOp, id: string): Omit<PlannedCall, 'input'> {
  const { atMs, customerId } = place
  return { atMs, id, customerId, op, name: '', mark: '' }
}

function idOf({ namespace, key }: CallPlace): string {
  return deriveId(namespace, 'chaos', key)
}
