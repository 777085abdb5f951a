// One complete request to the Track API, as the routes get it: nothing of sockets, nothing of faults.
import type { Refusals } from '../faults/plan-delivery.ts'
import type { Exchange } from '../ledger/requests.ts'

export interface Call {
  method: string
  /** Without the query. */
  path: string
  /** Parsed body; `undefined` for no body at all. */
  body: ParsedBody
  /** UTF-8 bytes of the body. */
  bodyBytes: number
  exchange: Exchange
  /** Items of a batch that a fault refuses. */
  refusals: Refusals | undefined
}

export type ParsedBody = { kind: 'none' } | { kind: 'json'; value: unknown } | { kind: 'malformed' }
