// What the mock received, as a file that another program reads: one JSON object a line, in the order in which things
// happened. A request is `opened` with its headers and `ended` right before the last byte of its answer leaves; between
// the two stand its operations, all together, when the complete body was there. Lines are written once a turn of the
// event loop, so a mock that is killed loses the last turn and nothing before it.
import { appendFileSync, writeFileSync } from 'node:fs'
import { customerIdOf, type Operation } from '../track/operation.ts'
import { describeRefused } from './describe-refused.ts'
import type { RecentOperation } from './recent-operations.ts'
import type { Exchange } from './requests.ts'

/** Attribute of an identify that tells which one it is; Customer.io gives an identify no id. */
const MARK_ATTRIBUTE = 'relay_event'

export class Receipts {
  readonly #path: string
  /** Lines of this turn. */
  #lines: string[] = []

  /** The last request of which an operation was written. */
  #lastApplied = 0

  /** Set by `abandon`: a reset has given the file to the next state. */
  #isAbandoned = false

  /** Empties the file. Throws what the file system says. */
  constructor(path: string) {
    this.#path = path
    writeFileSync(path, '')
  }

  opened({ number }: Exchange, nowMs: number, host: string | undefined): void {
    this.#add({ kind: 'opened', request: number, at: nowMs, host })
  }

  operation(received: RecentOperation, operation: Operation | null): void {
    const { requestNumber, batchIndex, receivedAt, action, customerId, id, name, outcome } =
      received
    this.#lastApplied = requestNumber
    this.#add({
      kind: 'operation',
      request: requestNumber,
      index: batchIndex,
      at: receivedAt,
      action,
      customerId,
      id,
      name,
      timestamp: typeof operation?.timestamp === 'number' ? operation.timestamp : null,
      mark: operation === null ? '' : markOf(operation),
      outcome,
    })
  }

  /** What a complete request carried, as far as it can be read, where it came to no effect. */
  unapplied({ number, receivedAtMs }: Exchange, items: readonly unknown[]): void {
    if (number === this.#lastApplied) return
    items.forEach((item, index) => {
      const { action, customerId, id, name } = describeRefused(item)
      const read = { action, customerId, id, name, timestamp: null, mark: '' }
      const place = { request: number, index, at: receivedAtMs }
      this.#add({ kind: 'operation', ...place, ...read, outcome: 'unapplied' })
    })
  }

  ended({ number }: Exchange, nowMs: number, ending: string): void {
    this.#add({ kind: 'ended', request: number, at: nowMs, ending })
  }

  /** Writes no more, also of requests that are still open. */
  abandon(): void {
    this.#isAbandoned = true
    this.#lines = []
  }

  flush(): void {
    if (this.#lines.length === 0) return
    appendFileSync(this.#path, `${this.#lines.join('\n')}\n`)
    this.#lines = []
  }

  #add(line: object): void {
    if (this.#isAbandoned) return
    if (this.#lines.push(JSON.stringify(line)) === 1) setImmediate(() => this.flush())
  }
}

/** Tells apart the operations of one kind on one customer, where something in them does. */
function markOf({ action, attributes, device, into }: Operation): string {
  if (into !== null) return customerIdOf(into)
  if (device !== null) return device.token
  const mark = action === 'identify' ? attributes?.[MARK_ATTRIBUTE] : null
  return typeof mark === 'string' ? mark : ''
}
