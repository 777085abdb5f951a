// Puts operations, already encoded one by one, together to the body of one request, as the chunks in which it is
// handed to the socket. The text is joined and turned into bytes once; chunks are views of it.

import { CHUNK_BYTES } from './guarded-body.ts'

/** A request body. */
export interface EncodedBatch {
  /** In order, each of at most 16 kB. */
  readonly chunks: readonly Buffer[]
  readonly bytes: number
}

/**
 * `{"batch":[…]}` of these JSON texts. One operation alone is a batch of one, not a call of `/api/v2/entity`: so
 * there is one shape of request and one shape of refusal, a 207 that names the item.
 * Throws RangeError when there is no operation.
 */
export function encodeBatch(operations: readonly string[]): EncodedBatch {
  if (operations.length === 0) throw new RangeError('a batch has at least one operation')
  const body = Buffer.from(`{"batch":[${operations.join(',')}]}`, 'utf8')
  const chunks: Buffer[] = []
  for (let start = 0; start < body.length; start += CHUNK_BYTES) {
    chunks.push(body.subarray(start, start + CHUNK_BYTES))
  }
  return { chunks, bytes: body.length }
}
