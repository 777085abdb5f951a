// The mock's memory of what it was told: counts, compact records in order of arrival, the last
// payloads, the order checks. The workspace decides what an operation does; the ledger writes down
// what was decided and judges the sender.
import { ACTIONS, customerIdOf, type ItemError, type Operation } from '../track/operation.ts'
import { isUnixSeconds } from '../workspace/person.ts'
import type { Outcome } from '../workspace/workspace.ts'
import { CompactRecords } from './compact-records.ts'
import { Customers, noteSequence, type CustomerTrack } from './customers.ts'
import { describeRefused } from './describe-refused.ts'
import { Names } from './names.ts'
import type { Receipts } from './receipts.ts'
import { RecentOperations, type RecentOperation } from './recent-operations.ts'
import type { Exchange, Requests } from './requests.ts'
import { noOperations, type OperationCounts } from './summary.ts'

export interface LedgerOptions {
  keepRecords: number
  keepPayloads: number
  sequenceField: string
}

/** Where in the traffic an operation stood. */
export interface Place {
  exchange: Exchange
  /** `null` outside a batch. */
  batchIndex: number | null
}

export class Ledger {
  readonly records: CompactRecords
  readonly recent: RecentOperations
  readonly customers: Customers = new Customers()
  readonly names: Names = new Names()
  readonly counts: OperationCounts = noOperations()
  readonly #requests: Requests
  readonly #receipts: Receipts | null
  readonly #sequenceField: string

  constructor(options: LedgerOptions, requests: Requests, receipts: Receipts | null) {
    this.records = new CompactRecords(options.keepRecords)
    this.recent = new RecentOperations(options.keepPayloads)
    this.#sequenceField = options.sequenceField
    this.#requests = requests
    this.#receipts = receipts
  }

  /** An operation that was accepted, and what became of it. */
  note(operation: Operation, outcome: Outcome, place: Place): void {
    const track = this.customers.track(customerIdOf(operation.who))
    this.#requests.touch(place.exchange, track)
    this.#count(outcome, operation)
    if (outcome === 'applied') this.#judge(operation, track)
    const isKept = outcome === 'applied' || outcome === 'duplicate'
    const serial = isKept ? this.#record(operation, outcome, track, place) : -1
    const received = recentOf(operation, outcome, place, serial)
    this.recent.push(received)
    this.#receipts?.operation(received, operation)
  }

  /** An operation that was refused; `raw` is its JSON as it came. */
  refuse(raw: unknown, errors: ItemError[], { exchange, batchIndex }: Place): void {
    const description = describeRefused(raw)
    const { customerId } = description
    if (customerId !== '') this.#requests.touch(exchange, this.customers.track(customerId))
    this.counts.received += 1
    this.counts.rejected += 1
    const received: RecentOperation = {
      ...description,
      error: errors.map((error) => error.message).join('; '),
      receivedAt: exchange.receivedAtMs,
      requestNumber: exchange.number,
      batchIndex,
    }
    this.recent.push(received)
    this.#receipts?.operation(received, null)
  }

  #count(outcome: Outcome, { timestamp }: Operation): void {
    this.counts.received += 1
    if (timestamp !== undefined && !isUnixSeconds(timestamp)) this.counts.oddTimestamps += 1
    if (outcome === 'applied') this.counts.applied += 1
    else if (outcome === 'duplicate') this.counts.duplicates += 1
    else this.counts[outcome] += 1
  }

  #judge({ action, attributes }: Operation, track: CustomerTrack): void {
    const sequence = attributes?.[this.#sequenceField]
    if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence)) return
    const { inversion, doubled } = noteSequence(track, sequence)
    if (inversion) this.counts.inversions += 1
    if (!doubled) return
    this.counts.doubled += 1
    if (action === 'identify') this.counts.doubledIdentifies += 1
  }

  #record(operation: Operation, outcome: Outcome, track: CustomerTrack, place: Place): number {
    this.records.push({
      customer: track.index,
      name: this.names.number(nameOf(operation)),
      action: ACTIONS.indexOf(operation.action),
      duplicate: outcome === 'duplicate',
      id: operation.id,
      timestamp: typeof operation.timestamp === 'number' ? operation.timestamp : NaN,
      receivedAtMs: place.exchange.receivedAtMs,
      requestNumber: place.exchange.number,
      batchIndex: place.batchIndex ?? -1,
    })
    return this.records.written - 1
  }
}

/** An event's name; of a merge, the person that the customer was merged into. */
function nameOf({ name, into }: Operation): string | null {
  return into === null ? name : customerIdOf(into)
}

function recentOf(
  operation: Operation,
  outcome: Outcome,
  { exchange, batchIndex }: Place,
  serial: number,
): RecentOperation {
  return {
    serial,
    customerId: customerIdOf(operation.who),
    action: operation.action,
    name: nameOf(operation),
    id: operation.id,
    outcome,
    error: null,
    attributes: operation.attributes,
    receivedAt: exchange.receivedAtMs,
    requestNumber: exchange.number,
    batchIndex,
  }
}
