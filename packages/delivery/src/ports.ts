// What the delivery needs from outside: a partition of the queue, leases, the destination, a clock, and somebody
// to tell what happened. compose.ts of the worker hands the real ones in; tests hand in others.

import type {
  DeadLetterRecord,
  Judgement,
  PauseReason,
  RelayEvent,
  ResponseClass,
} from '@retention-relay/events'

/** A job that the consumer holds. */
export interface ClaimedJob {
  readonly id: string
  readonly name: string
  readonly data: Buffer
  /** Milliseconds since 1970. */
  readonly committedAt: number
  /** How often it was claimed, this time included. */
  readonly claims: number
  /** One letter per position, '-' where it is not settled yet; empty when none is. */
  readonly settled: string
  /** True when an earlier owner may have sent it. */
  readonly maybeDelivered: boolean
}

/** What a claim found. */
export type ClaimReply =
  | { readonly kind: 'claimed'; readonly jobs: readonly ClaimedJob[] }
  | { readonly kind: 'paused' }
  | { readonly kind: 'out_of_sync'; readonly active: number }
  | { readonly kind: 'lost' }

/** One settled position of a job. */
export interface SettledPosition {
  readonly position: number
  readonly member: string
  readonly outcome: 'delivered' | 'duplicate' | 'dead'
  readonly record?: DeadLetterRecord
}

/** One settle, at most 1,000 positions. */
export interface SettleRequest {
  readonly token: string
  readonly jobs: readonly {
    readonly jobId: string
    readonly count: number
    readonly positions: readonly SettledPosition[]
  }[]
}

/** The consuming side of one partition. A call that rejects may or may not have taken effect. */
export interface PartitionPort {
  claim(request: {
    readonly token: string
    readonly maxJobs: number
    readonly maxBytes: number
    readonly held: number
  }): Promise<ClaimReply>
  /** Which of these dedupe members are delivered. */
  delivered(members: readonly string[]): Promise<boolean[]>
  /** Times of the tombstones that there are, by mark, in milliseconds since 1970. */
  tombstones(marks: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Keeps who is identified, then returns the customers of `asked` who never were. */
  unidentified(request: {
    readonly identified: readonly string[]
    readonly asked: readonly string[]
  }): Promise<ReadonlySet<string>>
  settle(request: SettleRequest): Promise<'settled' | 'lost'>
  /** `uncertain`: jobs that may have been in flight, `active` for all that are claimed; later claims tell so. */
  requeue(
    newToken: string,
    tokens: readonly string[],
    ttlMs: number,
    uncertain: 'active' | readonly string[],
  ): Promise<'requeued' | 'lost'>
  /** Resolves when the connection can take commands again. Rejects when the signal aborts. */
  ready(signal: AbortSignal): Promise<void>
  /** Resolves when there may be work, after about a second at the latest, or when the signal aborts. */
  work(signal: AbortSignal): Promise<void>
}

/** Leases in Redis. A call that rejects may or may not have taken effect. */
export interface LeasePort {
  acquire(partition: number, token: string): Promise<{ readonly held: boolean }>
  /** `owner`: the token that holds the lease now. */
  renew(
    partition: number,
    tokens: readonly string[],
  ): Promise<{ readonly held: boolean; readonly owner: string }>
  release(partition: number, tokens: readonly string[]): Promise<unknown>
}

/** The registry of live workers. */
export interface RegistryPort {
  /** Renews this worker's entry; the ids of all live workers, and why the namespace is paused, null when it is not. */
  register(): Promise<{ readonly live: readonly string[]; readonly pause: string | null }>
  /** Pauses the namespace until a person resumes it; a pause that stands already stays. */
  pause(detail: string): Promise<unknown>
  leave(): Promise<unknown>
}

/** One request to the destination. */
export interface DestinationRequest {
  /** Encoded operations, in order. */
  readonly operations: readonly string[]
  /** False once the lease is over: nothing more is handed to the socket. */
  readonly guard: () => boolean
  /** Bound on the whole request in milliseconds. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** The destination. Never rejects for what the network or the other side does. */
export interface DestinationPort {
  send(request: DestinationRequest): Promise<{
    readonly response: ResponseClass
    readonly status?: number
    readonly durationMs: number
  }>
  /** Asks whether the credentials are accepted. */
  probe(): Promise<{ readonly kind: 'accepted' | 'refused' | 'unreachable' }>
}

/** What the tracking plan makes of an event. Never throws. */
export type JudgeEvent = (event: RelayEvent) => Judgement

/** Clocks and timers, in milliseconds. */
export interface Clock {
  /** Never goes back; its zero means nothing. */
  monotonic(): number
  /** Since 1970. */
  wall(): number
  /** Resolves after the delay, or at once when the signal aborts. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>
}

/** Facts of one answered or unanswered request. */
export interface RequestFacts {
  readonly partition: number
  readonly events: number
  readonly outcome: ResponseClass['kind']
  readonly unknownOutcome: boolean
  readonly detail: string
  readonly status: number | undefined
  readonly durationMs: number
  /** The wait that the endpoint asked for, as it is honoured; undefined where it asked for none. */
  readonly retryAfterMs: number | undefined
  /** 1-based. */
  readonly attempt: number
}

/** A delivered event that does not match its definition. */
export interface ToleratedEvent {
  readonly id: string
  /** Its name, or its kind where it is no `track`. */
  readonly label: string
  /** Paths and types, never a value. */
  readonly fault: string
}

/** Facts of one acknowledged settle. */
export interface SettleFacts {
  readonly partition: number
  readonly delivered: number
  /** Those that this session has sent; what an earlier one has sent is no longer at hand. */
  readonly deliveredEvents: readonly RelayEvent[]
  readonly duplicate: number
  readonly dead: readonly DeadLetterRecord[]
  /** Commit to acknowledged settle, in milliseconds, of each delivered event. */
  readonly latenciesMs: readonly number[]
  readonly tolerated: readonly ToleratedEvent[]
  /** Delivered tracks that are too old to start a campaign. */
  readonly late: number
}

/** Told what happens; must not throw. */
export interface DeliveryObserver {
  leaseTaken(partition: number): void
  leaseEnded(partition: number, cause: string): void
  outOfSync(partition: number, cause: string): void
  claimed(partition: number, events: number): void
  /**
   * The events of a job, as they are about to be sent. `producer`: whoever made the job, where it says so. `claims`: how often
   * it was claimed; more than once after a requeue, when some of the events may have been told before.
   */
  decoded?(
    events: readonly { readonly event: RelayEvent }[],
    producer: string | undefined,
    claims: number,
  ): void
  answered(facts: RequestFacts): void
  settled(facts: SettleFacts): void
  /** The relay waits on purpose; null when it goes on. `partition` is null where the whole worker waits. */
  paused(reason: PauseReason, partition: number | null, detail: string): void
  resumed(reason: PauseReason, partition: number | null): void
}
