// Overlaps: one customer in two requests at once, or more than once in a batch. Customer.io does not promise an order in
// either case. Allowed is a backlog run: up to 50 tracks of one customer in a batch, each with an id of its own, if the
// customer may have had a backlog then; that they stand in order is told by the inversions.

import { Backlogs, LONGEST_RUN } from './backlogs.ts'
import type { CalledEvent } from './called-events.ts'
import { isLeftBehind } from './disturbances.ts'
import type { Finding } from './finding.ts'
import type { ReceivedOperation, RunFacts } from './records.ts'
import type { SentRequest, Traffic } from './traffic.ts'

type Overlap = Extract<Finding, { kind: 'overlap' }>

export function findOverlaps(
  traffic: Traffic,
  events: Iterable<CalledEvent>,
  run: RunFacts,
): Finding[] {
  const backlogs = new Backlogs(events, traffic, run)
  const found: Finding[] = []
  const openByCustomer = new Map<string, SentRequest[]>()
  for (const later of inOrderOfContent(traffic.requests)) {
    for (const [customerId, operations] of byCustomer(contentOf(later))) {
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

/** A request's operations are applied, or not, in one step, so requests stand in one order. */
function inOrderOfContent(requests: readonly SentRequest[]): SentRequest[] {
  return requests
    .filter(({ operationsLine }) => operationsLine < Infinity)
    .toSorted((one, other) => one.operationsLine - other.operationsLine)
}

/** What it carried, whatever became of it. */
function contentOf({ operations, unapplied }: SentRequest): readonly ReceivedOperation[] {
  return [...operations.map(({ operation }) => operation), ...unapplied]
}

function byCustomer(operations: readonly ReceivedOperation[]): Map<string, ReceivedOperation[]> {
  const customers = new Map<string, ReceivedOperation[]>()
  for (const one of operations) {
    const { customerId } = one
    const same = customers.get(customerId)
    if (same === undefined) customers.set(customerId, [one])
    else same.push(one)
  }
  customers.delete('') // Refused, and nobody can say about whom.
  return customers
}

function isSingle(operations: readonly ReceivedOperation[]): boolean {
  return operations.length === 1
}

function isRun(
  operations: readonly ReceivedOperation[],
  { openedAt }: SentRequest,
  backlogs: Backlogs,
): boolean {
  if (operations.length > LONGEST_RUN) return false
  if (operations.some(({ action }) => action !== 'event')) return false
  const ids = new Set(operations.map(({ id }) => id))
  if (ids.size < operations.length) return false
  return backlogs.allows(operations.length, operations[0]!.customerId, openedAt)
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
