// How many events of a customer may have been waiting at a time, at most. An event waits from its call on, and no longer
// once it was received and nothing can have kept its settle from Redis. A run may be sent in pieces, because a request with
// the whole of it failed: then what was settled since is no reason against the last piece.

import type { CalledEvent, MadeCall } from './called-events.ts'
import { isAnsweredWell, isStoredOnce, mayBeUnsettled } from './disturbances.ts'
import type { RunFacts } from './records.ts'
import type { Received, Traffic } from './traffic.ts'

/** More waiting events of a customer than this allow a run of its tracks in a batch. */
const BACKLOG = 32
export const LONGEST_RUN = 50

/** Times in ascending order, by customer. */
type Times = ReadonlyMap<string, readonly number[]>

export class Backlogs {
  readonly #calledAt: Times
  readonly #settledAt: Times

  /** When requests began that were not answered well, or with a page instead of what they asked for, in ascending order. */
  readonly #failedAt: readonly number[]

  constructor(events: Iterable<CalledEvent>, { received, requests }: Traffic, run: RunFacts) {
    this.#calledAt = timesOf([...events].flatMap(({ calls }) => calls.flatMap(storedBy(run))))
    this.#settledAt = timesOf(
      [...lastOf(received).values()].flatMap(({ request, operation }) =>
        mayBeUnsettled(request, run) ? [] : [[operation.customerId, request.endedAt] as const],
      ),
    )
    this.#failedAt = requests
      .flatMap((request) =>
        isAnsweredWell(request) && request.operations.length > 0 ? [] : [request.openedAt],
      )
      .toSorted((one, other) => one - other)
  }

  /** Whether a run of `length` tracks of the customer may have been sent at this time. */
  allows(length: number, customerId: string, at: number): boolean {
    const called = countUntil(this.#calledAt.get(customerId), at)
    const settledAt = this.#settledAt.get(customerId) ?? []
    const settled = countUntil(settledAt, at)
    if (called - settled > BACKLOG) return true
    const beforeRun = settledAt[settled - 1 - (LONGEST_RUN - length)] ?? -Infinity
    const isPiece = countUntil(this.#failedAt, at) > countUntil(this.#failedAt, beforeRun)
    return isPiece && called > BACKLOG
  }
}

/** Customer and time of each copy of its event that a call may have stored. */
function storedBy(run: RunFacts): (call: MadeCall) => (readonly [string, number])[] {
  return (call) => {
    const copy = [call.customerId, call.calledAt] as const
    return isStoredOnce(call, run) ? [copy] : [copy, copy]
  }
}

function lastOf(received: readonly Received[]): Map<CalledEvent, Received> {
  const last = new Map<CalledEvent, Received>()
  for (const one of received) {
    if (one.event !== null && one.effect !== 'refused') last.set(one.event, one)
  }
  return last
}

function timesOf(entries: readonly (readonly [string, number])[]): Times {
  const times = new Map<string, number[]>()
  for (const [customerId, at] of entries.toSorted(([, one], [, other]) => one - other)) {
    const own = times.get(customerId)
    if (own === undefined) times.set(customerId, [at])
    else own.push(at)
  }
  return times
}

/** How many are not after `at`. */
function countUntil(times: readonly number[] = [], at: number): number {
  let [from, until] = [0, times.length]
  while (from < until) {
    const middle = Math.floor((from + until) / 2)
    if (times[middle]! <= at) from = middle + 1
    else until = middle
  }
  return from
}
