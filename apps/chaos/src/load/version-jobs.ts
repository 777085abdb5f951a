// Jobs of the two sides of a rolling upgrade: what a service that was deployed before the workers adds, which waits for a
// newer worker, and what one of before still adds, which a worker of today must deliver like any other.

import { base, event, idOf, told } from './planted-job.ts'
import type { JobPlace, PlantedJob } from './planted-job.ts'
import { PAGE_SEEN_VERSION } from './shop-plan.ts'

/** One that waits for a worker of tomorrow; `readable` is the same in today's words. */
export interface NewerJob extends PlantedJob {
  readonly readable: unknown
}

/** A job of a newer format. */
export function newerJob(place: JobPlace): NewerJob {
  const newer = event(place, idOf(place, 'newer'))
  return waitingJob(place, { v: 2, ns: place.namespace, batch: [newer] })
}

/** A job of today with an event of a newer version. */
export function newerEvent(place: JobPlace): NewerJob {
  const newer = { ...event(place, idOf(place, 'newer')), version: PAGE_SEEN_VERSION + 1 }
  return waitingJob(place, { v: 1, ns: place.namespace, events: [newer] })
}

function waitingJob(place: JobPlace, data: unknown): NewerJob {
  const id = idOf(place, 'newer')
  const readable = { v: 1, ns: place.namespace, events: [event(place, id)] }
  return { ...base(place, 1), data, readable, calls: [told(place, id)] }
}

/**
 * What an older service adds: a job that does not name its producer, with an event that has no version, and one of the first
 * version, whose page was a `url`.
 */
export function olderJob(place: JobPlace): PlantedJob {
  const [unversioned, first] = [idOf(place, 'unversioned'), idOf(place, 'first-version')]
  const data = { url: place.key }
  const events = [event(place, unversioned), { ...event(place, first), version: 1, data }]
  return {
    ...base(place, events.length),
    data: { v: 1, ns: place.namespace, events },
    calls: [told(place, unversioned), told(place, first)],
  }
}
