// Overlaps: one customer in two requests at once, or more than once in a batch. Customer.io does not promise an order in
// either case. Allowed is a backlog run: up to 50 tracks of one customer in a batch, each with an id of its own, if the
// customer may have had a backlog then; that they stand in order is told by the inversions.

import { Backlogs, LONGEST_RUN } from './backlogs.ts'
import type { CalledEvent } from './called-events.ts'
import { isLeftBehind } from './disturbances.ts'
import type { Finding } from './finding.ts'
import type { RunFacts } from './records.ts'
import type { Received, SentRequest, Traffic } from './traffic.ts'

type Overlap = Extract<Finding, { kind: 'overlap' }>

export function findOverlaps(
  traffic: Traffic,
  events: Iterable<CalledEvent>,
  run: RunFacts,
): Finding[] {
  const backlogs = new Backlogs(events, traffic, run)
  const found: Finding[] = []
  const openByCustomer = new Map<string, SentRequest[]>()
  for (const later of inOrderOfApplication(traffic.requests)) {
    for (const [customerId, operations] of byCustomer(later.operations)) {
      const isAllowed = isSingle(operations) || isRun(operations, later, backlogs)
      if (!isAllowed) found.push(overlap('one_batch', customerId, later, later))
      const open = stillOpen(openByCustomer.get(customerId), later)
      const other = open.find((earlier) => !isLeftBehind(earlier, later, run))
      if (other !== undefined) found.push(overlap('two_requests', customerId, other, later))
      openByCustomer.set(customerId, [...open, later])
    }
  }
  return found
}

/** A request's operations are applied in one step, so requests stand in one order. */
function inOrderOfApplication(requests: readonly SentRequest[]): SentRequest[] {
  return requests
    .filter(({ operations }) => operations.length > 0)
    .toSorted((one, other) => one.appliedLine - other.appliedLine)
}

function byCustomer(operations: readonly Received[]): Map<string, Received[]> {
  const customers = new Map<string, Received[]>()
  for (const one of operations) {
    const { customerId } = one.operation
    const same = customers.get(customerId)
    if (same === undefined) customers.set(customerId, [one])
    else same.push(one)
  }
  customers.delete('') // Refused, and nobody can say about whom.
  return customers
}

function isSingle(operations: readonly Received[]): boolean {
  return operations.length === 1
}

function isRun(
  operations: readonly Received[],
  { openedAt }: SentRequest,
  backlogs: Backlogs,
): boolean {
  if (operations.length > LONGEST_RUN) return false
  if (operations.some(({ operation }) => operation.action !== 'event')) return false
  const ids = new Set(operations.map(({ operation }) => operation.id))
  if (ids.size < operations.length) return false
  return backlogs.allows(operations.length, operations[0]!.operation.customerId, openedAt)
}

function stillOpen(requests: readonly SentRequest[] = [], later: SentRequest): SentRequest[] {
  return requests.filter(({ endedLine }) => endedLine > later.openedLine)
}

function overlap(
  why: Overlap['why'],
  customerId: string,
  earlier: SentRequest,
  later: SentRequest,
): Overlap {
  const requests = [earlier.number, later.number] as const
  return { kind: 'overlap', why, customerId, requests, at: later.openedAt }
}
