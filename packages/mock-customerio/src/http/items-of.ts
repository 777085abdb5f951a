// The operations of a v2 batch, as they came; none of another request.
import type { Call } from '../track/call.ts'
import { isObject } from '../track/operation.ts'

export function itemsOf({ body }: Pick<Call, 'body'>): readonly unknown[] {
  if (body.kind !== 'json' || !isObject(body.value)) return []
  const { batch } = body.value
  return Array.isArray(batch) ? batch : []
}
