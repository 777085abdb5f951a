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
  return idKey(id) !== undefined && isNumber ? `${id}:${revision}` : undefined
}

/** The id of a part of an order (a parcel, a cancellation); the order's where the shop counts no parts. */
export function orderPartKey(partId: unknown, orderId: unknown): string | undefined {
  return partId === undefined ? idKey(orderId) : idKey(partId)
}
