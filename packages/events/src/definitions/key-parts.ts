// What an idempotency key may be made of. Under `checks: 'warn'` or `'off'` a key is asked of data that nobody has checked: a
// missing cart would give "undefined:1" to the carts of all customers, and all but one of them would be dropped. So what is
// not of the type that the schema names makes no key, and the event is told as one of its own.

/** An id of the shop's, or undefined where the data holds none. */
export function idKey(id: unknown): string | undefined {
  return typeof id === 'string' && id !== '' ? id : undefined
}

/** An id with the number of its change: `cart-5521:3`. Undefined where the data lacks one of them. */
export function revisionKey(id: unknown, revision: unknown): string | undefined {
  const isNumber = typeof revision === 'number' && Number.isSafeInteger(revision) && revision >= 0
  const key = idKey(id)
  return key !== undefined && isNumber ? `${key}:${revision}` : undefined
}

/**
 * The id of a part of an order (a parcel, a cancellation); the order's, marked as one, where the shop counts no parts. Without
 * the mark parcel 981 of one order and order 981 without parcels would be the same event.
 */
export function orderPartKey(partId: unknown, orderId: unknown): string | undefined {
  if (partId !== undefined) return idKey(partId)
  const id = idKey(orderId)
  return id === undefined ? undefined : `order:${id}`
}
