// A history as the checker gets it: the parsed records of one run, each list in the order in which it was written.

import type { Counts, DeadLetterLine, ProducerRecord, ReceiptRecord, RunFacts } from './records.ts'

export interface History {
  readonly run: RunFacts
  readonly producers: readonly ProducerHistory[]
  readonly receipts: readonly ReceiptRecord[]
  readonly deadLetters: readonly DeadLetterLine[]
  /** Ids of the events in jobs that are not finished. */
  readonly unfinished: readonly string[]
  /** Null where the consumer keeps none, as BullMQ's own Worker does not. */
  readonly counts: Counts | null
}

export interface ProducerHistory {
  /** Name of its file: `producer-3`. */
  readonly process: string
  readonly records: readonly ProducerRecord[]
}
