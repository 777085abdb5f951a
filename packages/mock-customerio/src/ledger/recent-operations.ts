// The last operations with everything they carried, for the page and for `attributes=1`.
// Everything that arrived is here, refused and ignored operations too; the ring forgets the oldest.
import type { Action } from '../track/operation.ts'

export interface RecentOperation {
  /** Place among the compact records; -1 for what is not kept there. */
  serial: number
  customerId: string
  /** `null` where the operation could not be read. */
  action: Action | null
  name: string | null
  id: string | null
  outcome: 'applied' | 'duplicate' | 'suppressed' | 'dropped' | 'rejected'
  /** Message of the refusal, of a rejected one. */
  error: string | null
  attributes: Record<string, unknown> | null
  receivedAt: number
  requestNumber: number
  /** `null` outside a batch. */
  batchIndex: number | null
}

export class RecentOperations {
  readonly #capacity: number
  readonly #ring: RecentOperation[] = []
  /** Where the next one goes. */
  #next = 0

  /** @param capacity operations kept at most */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  push(operation: RecentOperation): void {
    if (this.#capacity === 0) return
    this.#ring[this.#next] = operation
    this.#next = (this.#next + 1) % this.#capacity
  }

  /** Newest first, at most `limit`; of one customer where given. */
  newest(limit: number, customerId?: string): RecentOperation[] {
    const found: RecentOperation[] = []
    const size = this.#ring.length
    for (let back = 1; back <= size && found.length < limit; back += 1) {
      const operation = this.#ring[(this.#next - back + size) % size]
      if (operation === undefined) continue
      if (customerId === undefined || operation.customerId === customerId) found.push(operation)
    }
    return found
  }
}
