// What Customer.io says in the body of a refusal. Three shapes are official: v2's `{"errors":[{reason, field,
// message}]}`, for items of a batch with `batch_index`, and v1's `{"meta":{"error"}}` and `{"meta":{"errors"}}`.
// Everything else (a proxy's HTML, another API's JSON) is not Customer.io speaking. The texts go into dead letters
// and come from outside, so their length is bounded.

import type { ItemRejection, Rejection } from '@retention-relay/events'

/** Longest text that is taken from an answer, in UTF-16 units. */
const TEXT_MAX_LENGTH = 500

type Json = Readonly<Record<string, unknown>>

/** What a refusal's body says: a rejection, and whether Customer.io itself speaks. */
export interface Refusal {
  readonly rejection: Rejection
  readonly believable: boolean
}

/** What the items of a batch are refused for. */
export type ItemErrors =
  | { readonly kind: 'none' }
  /** There is something under `errors`, but no list of item errors. */
  | { readonly kind: 'unreadable' }
  /** At least one error names no item of the batch. */
  | { readonly kind: 'unclear'; readonly rejection: Rejection }
  | { readonly kind: 'named'; readonly rejections: readonly ItemRejection[] }

/** The text as a JSON object, or null. */
export function parseObject(text: string | null): Json | null {
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** Reads the body of a refusal of the whole request. */
export function readRefusal(status: number, text: string | null): Refusal {
  const body = parseObject(text)
  const errors = body?.['errors']
  if (Array.isArray(errors) && errors.length > 0) {
    const [first] = errors as unknown[]
    const rejection = isObject(first) ? toRejection(status, first) : { status }
    return { rejection, believable: errors.every((entry) => isV2Error(entry)) }
  }
  const message = v1Message(body?.['meta'])
  if (message === undefined) return { rejection: { status }, believable: false }
  return { rejection: { status, message }, believable: true }
}

/** Reads the `errors` of an answered batch of `operations` items. */
export function readItemErrors(status: number, body: Json, operations: number): ItemErrors {
  const errors = body['errors'] ?? []
  if (!Array.isArray(errors)) return { kind: 'unreadable' }
  if (errors.length === 0) return { kind: 'none' }
  if (!errors.some((entry) => isItemError(status, entry))) return { kind: 'unreadable' }
  return toItemErrors(status, errors, operations)
}

/** A repeated index is one rejection: the first that was said about the item. */
function toItemErrors(status: number, errors: unknown[], operations: number): ItemErrors {
  const named = new Map<number, ItemRejection>()
  for (const entry of errors) {
    const error = isObject(entry) ? entry : {}
    const index = itemIndex(error['batch_index'], operations)
    if (index === null) return { kind: 'unclear', rejection: toRejection(status, error) }
    if (!named.has(index)) named.set(index, { ...toRejection(status, error), index })
  }
  return { kind: 'named', rejections: [...named.values()] }
}

function itemIndex(value: unknown, operations: number): number | null {
  if (typeof value !== 'number' || !Number.isInteger(value)) return null
  // JSON knows -0; as an index it is 0.
  return value >= 0 && value < operations ? value + 0 : null
}

function toRejection(status: number, error: Json): Rejection {
  return {
    status,
    ...textOf(error, 'reason'),
    ...textOf(error, 'field'),
    ...textOf(error, 'message'),
  }
}

function textOf(error: Json, key: 'reason' | 'field' | 'message'): Partial<Rejection> {
  const value = error[key]
  return typeof value === 'string' && value !== '' ? { [key]: cut(value) } : {}
}

/** A 207 is hardly anybody else's. On a 200, which any gateway may answer, an error must look like Customer.io's. */
function isItemError(status: number, entry: unknown): boolean {
  if (status === 207) return isObject(entry)
  return isV2Error(entry) || (isObject(entry) && entry['batch_index'] !== undefined)
}

/** A `message` alone proves nothing: many gateways answer so. A reason or a field is Customer.io's. */
function isV2Error(entry: unknown): boolean {
  if (!isObject(entry)) return false
  return isText(entry['reason']) || isText(entry['field'])
}

function v1Message(meta: unknown): string | undefined {
  if (!isObject(meta)) return undefined
  if (isText(meta['error'])) return cut(meta['error'])
  const errors = meta['errors']
  if (!Array.isArray(errors) || errors.length === 0) return undefined
  return errors.every((entry) => isText(entry)) ? cut(errors.join('; ')) : undefined
}

function cut(text: string): string {
  return text.length <= TEXT_MAX_LENGTH ? text : `${text.slice(0, TEXT_MAX_LENGTH - 1)}…`
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
