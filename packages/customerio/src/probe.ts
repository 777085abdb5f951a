// The probe: does the destination know these credentials? It asks for the account's region, which stores nothing.
// It tells a 401 for bad credentials from a firewall that answers 403 to a certain content.

import type { Exchange } from './exchange.ts'
import { parseObject } from './error-body.ts'

/** Path of the probe. */
export const PROBE_PATH = '/api/v1/accounts/region'

/** What a probe found. */
export type ProbeResult =
  /** The credentials are known. `environmentId` is null where the answer names none. */
  | {
      readonly kind: 'accepted'
      readonly region: string
      readonly environmentId: number | null
    }
  /** 401 or 403. */
  | { readonly kind: 'refused'; readonly status: number }
  /** Nothing that speaks for Customer.io answered. */
  | { readonly kind: 'unreachable'; readonly detail: string }

/** Reads the end of a probe. */
export function readProbe(exchange: Exchange): ProbeResult {
  switch (exchange.kind) {
    case 'answered':
      return readAnswer(exchange.status, exchange.body)
    case 'broken':
      return { kind: 'unreachable', detail: exchange.failure.detail }
    case 'lease_over':
    case 'aborted':
      return { kind: 'unreachable', detail: 'the probe was stopped' }
  }
}

function readAnswer(status: number, text: string | null): ProbeResult {
  if (status === 401 || status === 403) return { kind: 'refused', status }
  const body = status === 200 ? parseObject(text) : null
  const region = body?.['region']
  if (typeof region !== 'string') {
    return { kind: 'unreachable', detail: `HTTP ${status} that does not name a region` }
  }
  const environmentId = body?.['environment_id']
  return {
    kind: 'accepted',
    region,
    environmentId: typeof environmentId === 'number' ? environmentId : null,
  }
}
