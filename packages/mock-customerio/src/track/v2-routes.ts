// Track API v2: `POST /api/v2/entity` with one operation, `POST /api/v2/batch` with many.
// entity: 200 or 400 with `errors`. batch: 200 when all are accepted; 207 naming the refused ones by
// `batch_index` while all others are accepted; 400 without an index when the request is malformed.
import { isLongerThan, OPERATION_BYTES } from '../limits.ts'
import { errorsAnswer, OK, type Answer, type IndexedError } from './answer.ts'
import type { Call } from './call.ts'
import { checkOperation } from './check-operation.ts'
import { takeIn, type IntakeParts } from './intake.ts'
import { isObject, type Checked } from './operation.ts'

export function acceptEntity(call: Call, parts: IntakeParts): Answer {
  if (call.body.kind !== 'json') return malformed('', 'body must be JSON')
  const item = call.body.value
  const place = { exchange: call.exchange, batchIndex: null }
  const errors = takeIn(parts, checkOperation(item), item, place)
  return errors.length === 0 ? OK : errorsAnswer(400, errors)
}

export function acceptBatch(call: Call, parts: IntakeParts): Answer {
  if (call.body.kind !== 'json') return malformed('', 'body must be JSON')
  const items = isObject(call.body.value) ? call.body.value.batch : undefined
  if (!Array.isArray(items)) return malformed('batch', 'batch must be a list of operations')
  if (items.length === 0) return malformed('batch', 'batch must not be empty')
  const errors = items.flatMap((item: unknown, batchIndex): IndexedError[] => {
    const place = { exchange: call.exchange, batchIndex }
    const refused = takeIn(parts, checkItem(call, item, batchIndex), item, place)
    return refused.map((error) => ({ batch_index: batchIndex, ...error }))
  })
  return errors.length === 0 ? OK : errorsAnswer(207, errors)
}

function checkItem(call: Call, item: unknown, batchIndex: number): Checked {
  const planted = call.refusals?.get(batchIndex)
  if (planted !== undefined) return { kind: 'refused', errors: [planted] }
  if (isTooLong(call, item)) return tooLong(batchIndex)
  return checkOperation(item)
}

/** An item cannot be longer than the body that holds it: most batches need no measuring. */
function isTooLong({ bodyBytes }: Call, item: unknown): boolean {
  return bodyBytes > OPERATION_BYTES && isLongerThan(JSON.stringify(item), OPERATION_BYTES)
}

function tooLong(batchIndex: number): Checked {
  const message = `operation cannot be longer than ${OPERATION_BYTES} bytes`
  return {
    kind: 'refused',
    errors: [{ reason: 'invalid', field: `batch[${batchIndex}]`, message }],
  }
}

function malformed(field: string, message: string): Answer {
  return errorsAnswer(400, [{ reason: 'invalid', field, message }])
}
