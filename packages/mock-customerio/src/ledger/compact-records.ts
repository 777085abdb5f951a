// What was applied or found duplicate, in order of arrival, without its payload: columns of numbers
// (35 bytes an operation) and the event's id. They grow to `capacity` and then overwrite the oldest.
// Names and customers are stored once and stand here as numbers.

export interface CompactRecord {
  customer: number
  name: number
  action: number
  duplicate: boolean
  id: string | null
  /** Unix seconds as sent; NaN when there was none or no number. */
  timestamp: number
  receivedAtMs: number
  requestNumber: number
  /** -1 outside a batch. */
  batchIndex: number
}

const FIRST_CAPACITY = 4_096

export class CompactRecords {
  readonly #capacity: number
  #columns: Columns
  /** Operations written since the start, overwritten ones included. */
  #written = 0

  /** @param capacity operations kept at most; the oldest are forgotten */
  constructor(capacity: number) {
    this.#capacity = capacity
    this.#columns = newColumns(Math.min(FIRST_CAPACITY, capacity))
  }

  get written(): number {
    return this.#written
  }

  /** Operations that were overwritten. */
  get forgotten(): number {
    return Math.max(0, this.#written - this.#capacity)
  }

  push(record: CompactRecord): void {
    if (this.#capacity === 0) return
    if (this.#written === this.#columns.size && this.#columns.size < this.#capacity) this.#grow()
    const at = this.#written % this.#columns.size
    const columns = this.#columns
    columns.customer[at] = record.customer
    columns.name[at] = record.name
    columns.action[at] = record.action
    columns.duplicate[at] = record.duplicate ? 1 : 0
    columns.id[at] = record.id
    columns.timestamp[at] = record.timestamp
    columns.receivedAtMs[at] = record.receivedAtMs
    columns.requestNumber[at] = record.requestNumber
    columns.batchIndex[at] = record.batchIndex
    this.#written += 1
  }

  /** Serial numbers of what is kept, oldest first; of one customer where given. */
  *serials(customer?: number): Generator<number> {
    for (let serial = this.forgotten; serial < this.#written; serial += 1) {
      const at = serial % this.#columns.size
      if (customer === undefined || this.#columns.customer[at] === customer) yield serial
    }
  }

  at(serial: number): CompactRecord {
    const at = serial % this.#columns.size
    const columns = this.#columns
    return {
      customer: columns.customer[at] ?? 0,
      name: columns.name[at] ?? 0,
      action: columns.action[at] ?? 0,
      duplicate: columns.duplicate[at] === 1,
      id: columns.id[at] ?? null,
      timestamp: columns.timestamp[at] ?? NaN,
      receivedAtMs: columns.receivedAtMs[at] ?? 0,
      requestNumber: columns.requestNumber[at] ?? 0,
      batchIndex: columns.batchIndex[at] ?? -1,
    }
  }

  #grow(): void {
    const before = this.#columns
    const after = newColumns(Math.min(before.size * 2, this.#capacity))
    after.customer.set(before.customer)
    after.name.set(before.name)
    after.action.set(before.action)
    after.duplicate.set(before.duplicate)
    after.timestamp.set(before.timestamp)
    after.receivedAtMs.set(before.receivedAtMs)
    after.requestNumber.set(before.requestNumber)
    after.batchIndex.set(before.batchIndex)
    this.#columns = { ...after, id: before.id }
  }
}

type Columns = ReturnType<typeof newColumns>

function newColumns(size: number) {
  return {
    size,
    customer: new Uint32Array(size),
    name: new Uint32Array(size),
    action: new Uint8Array(size),
    duplicate: new Uint8Array(size),
    id: [] as (string | null)[],
    timestamp: new Float64Array(size),
    receivedAtMs: new Float64Array(size),
    requestNumber: new Uint32Array(size),
    batchIndex: new Int32Array(size),
  }
}
