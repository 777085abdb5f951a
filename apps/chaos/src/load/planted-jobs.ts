// Jobs that something is wrong with, as a careless producer in another language may add them: what cannot be read, or is
// not what the tracking plan says, becomes a dead letter with its reason; what is good beside it is delivered.

import { Random } from '@retention-relay/testkit'
import type { Schedule } from '../schedule/schedule.ts'
import { base, event, idOf, told } from './planted-job.ts'
import type { JobPlace, PlantedJob } from './planted-job.ts'

const MOST_JOBS = 4

/** The planted jobs of a run. */
export function drawPlantedJobs(
  { seed, load, partitions }: Schedule,
  namespace: string,
): PlantedJob[] {
  const random = new Random(seed, 'planted')
  return Array.from({ length: random.whole(0, MOST_JOBS) }, (_, index) => {
    const place = {
      namespace,
      partitions,
      key: `planted-${index}`,
      atMs: random.whole(0, load.forMs),
      occurredAt: Date.now(),
    }
    return random.pick([unreadableJob, brokenEvent, invalidEvent, strayJob])(place)
  })
}

/** Nothing of it can be read. */
function unreadableJob(place: JobPlace): PlantedJob {
  const job = base(place, 2)
  const calls = [0, 1].map((position) => told(place, `${job.jobId}.${position}`, 'malformed'))
  return { ...job, data: 'no JSON object', calls }
}

/** The middle one of three cannot be read. */
function brokenEvent(place: JobPlace): PlantedJob {
  const job = base(place, 3)
  const [first, last] = ['first', 'last'].map((name) => idOf(place, name)) as [string, string]
  const broken = { ...event(place, idOf(place, 'broken')), occurredAt: 'yesterday' }
  return {
    ...job,
    data: { v: 1, ns: place.namespace, events: [event(place, first), broken, event(place, last)] },
    calls: [told(place, first), told(place, `${job.jobId}.1`, 'malformed'), told(place, last)],
  }
}

/** The middle one of three does not match its definition, and has no version, as from another language. */
function invalidEvent(place: JobPlace): PlantedJob {
  const ids = ['first', 'invalid', 'last'].map((name) => idOf(place, name))
  const [first, invalid, last] = ids as [string, string, string]
  const wrong = { ...event(place, invalid), data: { page: 7 } }
  return {
    ...base(place, 3),
    data: { v: 1, ns: place.namespace, events: [event(place, first), wrong, event(place, last)] },
    calls: [told(place, first), told(place, invalid, 'invalid'), told(place, last)],
  }
}

/** It belongs to another namespace. */
function strayJob(place: JobPlace): PlantedJob {
  const id = idOf(place, 'stray')
  return {
    ...base(place, 1),
    data: { v: 1, ns: 'elsewhere', events: [event(place, id)] },
    calls: [told(place, id, 'wrong_environment')],
  }
}
