// The faults in force, oldest first. A request is taken by the first one that matches it; one that
// has had its times or whose time is over is gone.
import type { Clock } from '../clock.ts'
import type { Fault, FaultMatch } from './fault.ts'

/** What a fault looks at to decide whether a request is its own. */
export interface Target {
  method: string
  path: string
  /** Whether the body holds an event of this name. */
  hasEvent: (name: string) => boolean
}

/** A fault in force. */
export interface ActiveFault {
  id: number
  fault: Fault
  /** Requests it has taken. */
  hits: number
  /** Requests it will still take; `null` without an end. */
  timesLeft: number | null
  /** When it ends, ms since 1970; `null` without an end. */
  endsAt: number | null
}

interface Entry {
  active: ActiveFault
  /** Requests that matched, taken or not. */
  matched: number
}

export class ActiveFaults {
  readonly #clock: Clock
  #entries: Entry[] = []
  #lastId = 0
  #hits = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Requests taken by faults since the start. */
  get hits(): number {
    return this.#hits
  }

  add(fault: Fault): ActiveFault {
    this.#lastId += 1
    const endsAt = fault.forMs === undefined ? null : this.#clock.now() + fault.forMs
    const timesLeft = fault.times ?? null
    const active = { id: this.#lastId, fault, hits: 0, timesLeft, endsAt }
    this.#entries.push({ active, matched: 0 })
    return active
  }

  list(): ActiveFault[] {
    this.#forgetEnded()
    return this.#entries.map(({ active }) => ({ ...active }))
  }

  /** Ends one fault, or all of them; returns how many there were to end. */
  clear(id?: number): number {
    const before = this.list().length
    this.#entries = id === undefined ? [] : this.#entries.filter(({ active }) => active.id !== id)
    return before - this.#entries.length
  }

  /** Ends all of them and counts from 0 again. */
  reset(): void {
    this.#entries = []
    this.#hits = 0
  }

  /** The fault that takes this request, if any. */
  take(target: Target): Fault | null {
    if (this.#entries.length === 0) return null
    this.#forgetEnded()
    for (const entry of this.#entries) {
      if (!matches(entry.active.fault.match, target)) continue
      entry.matched += 1
      if ((entry.matched - 1) % (entry.active.fault.every ?? 1) !== 0) continue
      return this.#hit(entry.active)
    }
    return null
  }

  #hit(active: ActiveFault): Fault {
    this.#hits += 1
    active.hits += 1
    if (active.timesLeft !== null) active.timesLeft -= 1
    return active.fault
  }

  #forgetEnded(): void {
    const nowMs = this.#clock.now()
    this.#entries = this.#entries.filter(
      ({ active: { timesLeft, endsAt } }) =>
        (timesLeft === null || timesLeft > 0) && (endsAt === null || endsAt > nowMs),
    )
  }
}

function matches(match: FaultMatch | undefined, target: Target): boolean {
  if (match === undefined) return true
  if (match.method !== undefined && match.method !== target.method) return false
  if (match.path !== undefined && !target.path.startsWith(match.path)) return false
  return match.eventName === undefined || target.hasEvent(match.eventName)
}
