// Which events are looked at, and what was seen in them, until somebody takes it away. Of each event name and producer
// the first twenty in a second are looked at: a quiet event is seen whole, a busy one costs no more than twenty. The
// number of profiles is bounded too: names come from outside.

import type { JsonObject, RelayEvent } from '../event.ts'
import { eventLabel } from '../event.ts'
import { DRIFT_LIMITS, EventProfile } from './event-profile.ts'

/** Events of a name and producer that are looked at in a second. */
export const SAMPLED_PER_SECOND = 20

/** The producer of jobs that name none. */
export const UNKNOWN_PRODUCER = 'unknown'

/** A profile and whose it is. */
export interface NamedProfile {
  /** Name of a track; `identify` of attributes. */
  readonly name: string
  readonly producer: string
  readonly profile: EventProfile
}

interface Sample extends NamedProfile {
  /** Second in which the last event was looked at. */
  second: number
  /** Events that were looked at in it. */
  inSecond: number
}

/** Profiles of events as they come. */
export class EventSampler {
  /** By producer, then by name. */
  #samples = new Map<string, Map<string, Sample>>()
  #count = 0
  #over = 0

  /** Looks at an event, or does not. `producer` is undefined where its job names none. */
  see(event: RelayEvent, producer: string | undefined, nowMs: number): void {
    const data = dataOf(event)
    if (data === undefined) return
    const sample = this.#sampleOf(eventLabel(event), producer ?? UNKNOWN_PRODUCER)
    if (sample === undefined) return
    const second = Math.floor(nowMs / 1000)
    if (sample.second !== second) {
      sample.second = second
      sample.inSecond = 0
    }
    if (sample.inSecond >= SAMPLED_PER_SECOND) return
    sample.inSecond += 1
    sample.profile.add(data)
  }

  /** What was seen since the last call, and how many events belonged to no profile. */
  take(): { readonly profiles: readonly NamedProfile[]; readonly over: number } {
    const samples = [...this.#samples.values()].flatMap((byName) => [...byName.values()])
    const over = this.#over
    this.#samples = new Map()
    this.#count = 0
    this.#over = 0
    return { profiles: samples, over }
  }

  /** Takes back what could not be stored. */
  putBack(profiles: readonly NamedProfile[]): void {
    for (const { name, producer, profile } of profiles) {
      this.#sampleOf(name, producer)?.profile.merge(profile)
    }
  }

  /** Undefined beyond the bounds. */
  #sampleOf(name: string, producer: string): Sample | undefined {
    let byName = this.#samples.get(producer)
    const known = byName?.get(name)
    if (known !== undefined) return known
    if (this.#count >= DRIFT_LIMITS.profiles || name.length > DRIFT_LIMITS.nameLength) {
      this.#over += 1
      return undefined
    }
    if (byName === undefined) {
      byName = new Map()
      this.#samples.set(producer, byName)
    }
    const sample = { name, producer, profile: new EventProfile(), second: 0, inSecond: 0 }
    byName.set(name, sample)
    this.#count += 1
    return sample
  }
}

/** Profile operations carry nothing that could drift. */
function dataOf(event: RelayEvent): JsonObject | undefined {
  if (event.op === 'track') return event.data
  return event.op === 'identify' ? event.attributes : undefined
}
