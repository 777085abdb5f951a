// What can be said of an operation that was refused, or never looked at: it may be anything at all,
// so each part is taken where it has the right shape and left out where it has not.
import { ACTIONS, isObject, type Action } from '../track/operation.ts'
import type { RecentOperation } from './recent-operations.ts'

type Description = Omit<RecentOperation, 'error' | 'receivedAt' | 'requestNumber' | 'batchIndex'>

export function describeRefused(raw: unknown): Description {
  const item = isObject(raw) ? raw : {}
  const who = item.identifiers ?? item.secondary
  const identifiers = isObject(who) ? who : {}
  return {
    serial: -1,
    customerId: textOf(identifiers.id) ?? '',
    action: ACTIONS.find((action): action is Action => action === item.action) ?? null,
    name: textOf(item.name),
    id: textOf(item.id),
    outcome: 'rejected',
    attributes: isObject(item.attributes) ? item.attributes : null,
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
