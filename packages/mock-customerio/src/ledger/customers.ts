// What the ledger remembers of each customer for the order checks: the largest sequence number that
// was applied, which ones were, and the request in flight that holds the customer.
// One small record a customer, for as long as the mock runs.
import type { Exchange } from './requests.ts'
import { SequenceSet } from './sequence-set.ts'

export interface CustomerTrack {
  /** Position in the list of customers; stands for the customer in the compact records. */
  index: number
  customerId: string
  /** Largest sequence number applied; -Infinity before the first. */
  largestSequence: number
  sequences: SequenceSet | null
  /** The last request that named the customer and is still in flight. Written by Requests. */
  holder: Exchange | null
  /** Number of the last request that named the customer. Written by Requests. */
  lastRequest: number
  /** When, in ticks, the last holder was answered. Written by Requests. */
  answeredTick: number
}

export class Customers {
  readonly #byId = new Map<string, CustomerTrack>()
  readonly #byIndex: CustomerTrack[] = []

  get size(): number {
    return this.#byIndex.length
  }

  find(customerId: string): CustomerTrack | undefined {
    return this.#byId.get(customerId)
  }

  idAt(index: number): string {
    return this.#byIndex[index]?.customerId ?? ''
  }

  track(customerId: string): CustomerTrack {
    const known = this.#byId.get(customerId)
    if (known !== undefined) return known
    const track: CustomerTrack = {
      index: this.#byIndex.length,
      customerId,
      largestSequence: -Infinity,
      sequences: null,
      holder: null,
      lastRequest: 0,
      answeredTick: 0,
    }
    this.#byId.set(customerId, track)
    this.#byIndex.push(track)
    return track
  }
}

export interface SequenceVerdict {
  /** Smaller than one that was applied before. */
  inversion: boolean
  /** Applied before. */
  doubled: boolean
}

/** Notes that `sequence` of this customer was applied. */
export function noteSequence(track: CustomerTrack, sequence: number): SequenceVerdict {
  const inversion = sequence < track.largestSequence
  if (!inversion) track.largestSequence = sequence
  track.sequences ??= new SequenceSet()
  return { inversion, doubled: !track.sequences.add(sequence) }
}
