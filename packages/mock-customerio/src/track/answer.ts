// What the mock answers: status, headers, body; and the bodies that Customer.io is known to send.
// 200 is `{}` and a newline, byte for byte as recorded from the real service. The two APIs word
// their refusals differently: v1 `meta.error` or `meta.errors`, v2 `errors` with reason and field.
import type { ItemError } from './operation.ts'

export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
  /** The errors that the body lists, of a v2 refusal. */
  errors?: IndexedError[]
}

/** An item error of a 207; a faulty one may lack the index or carry nonsense. */
export interface IndexedError extends ItemError {
  batch_index?: number | string
}

const JSON_TYPE = 'application/json; charset=utf-8'
const HTML_TYPE = 'text/html; charset=UTF-8'

export const OK: Answer = { status: 200, headers: { 'content-type': JSON_TYPE }, body: '{}\n' }

/** Any JSON value with the newline that the real service adds. */
export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': JSON_TYPE }, body: `${JSON.stringify(value)}\n` }
}

/** v1 refusal of a call: `{"meta":{"error":"…"}}`. */
export function metaError(status: number, message: string): Answer {
  return jsonAnswer(status, { meta: { error: message } })
}

/** v1 refusal of attributes: `{"meta":{"errors":["…"]}}`. */
export function metaErrors(messages: string[]): Answer {
  return jsonAnswer(400, { meta: { errors: messages } })
}

/** v2 refusal: 400 for the whole request, 207 for single items of a batch. */
export function errorsAnswer(status: number, errors: IndexedError[]): Answer {
  return { ...jsonAnswer(status, { errors }), errors }
}

/** The documents do not say what oversize gets; plain 413 is what a proxy in front would say. */
export function tooLarge(limitBytes: number): Answer {
  const body = `request body is larger than ${limitBytes} bytes\n`
  return { status: 413, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}

/** A page in HTML, as load balancers and captive portals send it. */
export function htmlAnswer(status: number, title: string): Answer {
  const body = `<!doctype html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`
  return { status, headers: { 'content-type': HTML_TYPE }, body }
}

export function emptyAnswer(status: number): Answer {
  return { status, headers: {}, body: '' }
}
