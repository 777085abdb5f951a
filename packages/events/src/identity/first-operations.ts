// Which customers were seen, and with what first: a customer whose first operation here is a track is unknown to us, and
// at Customer.io gets a profile without an address, to which no mail can go. Looked at is one customer in eight, chosen
// by the id, so that all operations of a customer are seen or none is.

import { dedupeMember } from '../dedupe-member.ts'
import type { EventOp, RelayEvent } from '../event.ts'

/** One customer in so many is looked at. */
export const CUSTOMERS_PER_LOOK = 8

/** Most customers that are kept until somebody takes them away. */
export const MOST_FIRST_OPERATIONS = 50_000

/** What a customer was seen with first. */
export const FIRST_OPERATIONS = ['track', 'identify', 'other'] as const
/** One of them. */
export type FirstOperation = (typeof FIRST_OPERATIONS)[number]

/** First operations of customers as events come. */
export class FirstOperations {
  /** By customer id. */
  #first = new Map<string, FirstOperation>()

  /** Sees an event. */
  see({ customerId, op }: RelayEvent): void {
    if (hashOf(customerId) % CUSTOMERS_PER_LOOK !== 0 || this.#first.has(customerId)) return
    if (this.#first.size < MOST_FIRST_OPERATIONS) this.#first.set(customerId, kindOf(op))
  }

  /** By a number in the place of the customer, what was seen since the last call. */
  take(): ReadonlyMap<string, FirstOperation> {
    const first = this.#first
    this.#first = new Map()
    return new Map([...first].map(([customerId, kind]) => [dedupeMember(customerId), kind]))
  }
}

function kindOf(op: EventOp): FirstOperation {
  return op === 'track' || op === 'identify' ? op : 'other'
}

/** FNV-1a over UTF-16 units, 32 bits: the partition's own hash would choose whole partitions. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  // The lowest bits of FNV mix too little.
  return (hash ^ (hash >>> 15)) >>> 0
}
