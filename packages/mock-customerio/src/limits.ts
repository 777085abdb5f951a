// Customer.io's limits, written down here a second time on purpose: the relay's encoder has its own
// copy, and a mistake in one of them must not be hidden by the other.
// All sizes are UTF-8 bytes. What is too long is refused, never cut. A kB is 1,000 bytes: where the
// documentation leaves the choice, the mock takes the smaller one.

/** Largest body of `POST /api/v2/batch`. */
export const BATCH_BODY_BYTES = 500_000
/** Largest body of `POST /api/v2/entity`, and largest operation inside a batch. */
export const OPERATION_BYTES = 32_000
/** Largest body of a v1 call. Not documented; well above the largest event data. */
export const V1_BODY_BYTES = 500_000
/** Largest `data` of a v1 event. */
export const EVENT_DATA_BYTES = 100_000
export const PERSON_ID_BYTES = 150
export const ATTRIBUTE_NAME_BYTES = 150
export const ATTRIBUTE_VALUE_BYTES = 1_000
export const EVENT_NAME_BYTES = 100
/** Attributes of one identify; names that begin with `_` are not counted. */
export const ATTRIBUTES_PER_IDENTIFY = 300

/** Whether `text` is longer than `limit` bytes; measures only where its length leaves doubt. */
export function isLongerThan(text: string, limit: number): boolean {
  if (text.length > limit) return true
  if (text.length * 3 <= limit) return false
  return Buffer.byteLength(text) > limit
}
