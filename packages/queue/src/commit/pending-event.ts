// An event between the call and its commit.

import type { Tombstones } from '@retention-relay/events'

import type { EnqueueError, EventReference } from './enqueue-error.ts'

/** An event on its way, encoded. */
export interface EncodedEvent extends EventReference {
  readonly partition: number
  /** Its JSON. */
  readonly text: string
  /** UTF-8 bytes of the text. */
  readonly bytes: number
  /** What must stand in Redis before it is stored; null for most events. */
  readonly tombstones: Tombstones | null
}

/** An event and the caller that waits for it. */
export interface PendingEvent {
  readonly event: EncodedEvent
  /** Time of the call on the monotonic clock. */
  readonly sinceMs: number
  readonly resolve: () => void
  readonly reject: (error: EnqueueError) => void
}
