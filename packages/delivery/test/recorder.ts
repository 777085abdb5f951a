// An observer that keeps what it is told.
import type { PauseReason, RelayEvent } from '@retention-relay/events'

import type { DeliveryObserver, RequestFacts, SettleFacts } from '../src/ports.ts'

/** What was told, in order. */
export class Recorder implements DeliveryObserver {
  readonly taken: number[] = []
  readonly ended: { readonly partition: number; readonly cause: string }[] = []
  readonly outOfSyncCauses: string[] = []
  readonly requests: RequestFacts[] = []
  readonly settles: SettleFacts[] = []
  readonly pauses: PauseReason[] = []
  /** Of each pause. */
  readonly details: string[] = []
  readonly resumes: PauseReason[] = []
  /** Ids of events about to be sent, with the producer of their job and how often it was claimed. */
  readonly decodedEvents: {
    readonly id: string
    readonly producer: string | undefined
    readonly claims: number
  }[] = []
  accepted = 0

  leaseTaken(partition: number): void {
    this.taken.push(partition)
  }

  leaseEnded(partition: number, cause: string): void {
    this.ended.push({ partition, cause })
  }

  outOfSync(_partition: number, cause: string): void {
    this.outOfSyncCauses.push(cause)
  }

  claimed(_partition: number, events: number): void {
    this.accepted += events
  }

  decoded(
    events: readonly { readonly event: RelayEvent }[],
    producer: string | undefined,
    claims: number,
  ): void {
    this.decodedEvents.push(...events.map(({ event: { id } }) => ({ id, producer, claims })))
  }

  answered(facts: RequestFacts): void {
    this.requests.push(facts)
  }

  settled(facts: SettleFacts): void {
    this.settles.push(facts)
  }

  paused(reason: PauseReason, _partition: number | null, detail: string): void {
    this.pauses.push(reason)
    this.details.push(detail)
  }

  resumed(reason: PauseReason): void {
    this.resumes.push(reason)
  }
}
