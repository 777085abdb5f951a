// Why a request ended without a whole answer, in the words of the relay. Enters: an error of undici, of a socket, of
// DNS or of TLS. Leaves: the cause that metrics count, and one line for a person. Errors never hold a header, so
// nothing secret can come along.

import type { RetryCause } from '@retention-relay/events'

/** A request that ended without a whole answer. */
export interface Failure {
  readonly cause: Extract<RetryCause, 'timeout' | 'connection'>
  /** For a person: code and message of the error. */
  readonly detail: string
}

const TIMEOUT_CODES = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])

/** Names the failure. */
export function failureOf(error: Error): Failure {
  const code = codeOf(error)
  const cause = TIMEOUT_CODES.has(code) ? 'timeout' : 'connection'
  return {
    cause,
    detail: error.message.includes(code) ? error.message : `${code}: ${error.message}`,
  }
}

function codeOf(error: Error): string {
  const code: unknown = 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : error.name
}
