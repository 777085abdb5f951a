// What the watches of the namespace say, for the metrics: read from Redis and compared at a scrape, at most every ten
// seconds and in a hundredth of the time, since it reads more than the other gauges. While Redis is away they have no value.

import { eventDefinitions, findDrift, secondShapes } from '@retention-relay/events'
import type { DriftFinding, SeenShape, TrackingPlan } from '@retention-relay/events'
import { namespaceKeys, readProfiles, readShapes } from '@retention-relay/queue'
import type { RedisClient } from '@retention-relay/queue'
import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

/** What was found. */
export interface WatchFindings {
  /** Names outside the tracking plan are `other`: they come from outside, and would be series without end. */
  readonly drift: readonly Pick<DriftFinding, 'event' | 'kind' | 'critical'>[]
  readonly shapes: readonly SeenShape[]
  readonly secondShapes: number
}

/** What was read stands for this long at least, in milliseconds. */
const FRESH_MS = 10_000
/** And for so many times as long as reading took: with very many fields it takes a second. */
const FRESH_FACTOR = 100

const OTHER = 'other'

/** Adds the gauges. `read` gives null while Redis is away. */
export function registerWatchGauges(
  registry: Registry,
  read: () => Promise<WatchFindings | null>,
): void {
  const add = (
    labelNames: readonly string[],
    gauge: { readonly name: string; readonly help: string },
    set: (gauge: Gauge, found: WatchFindings) => void,
  ): void => {
    const made: Gauge = new Gauge({
      ...gauge,
      labelNames,
      registers: [registry],
      async collect() {
        const found = await read()
        made.reset()
        if (found !== null) set(made, found)
        else if (labelNames.length === 0) made.remove()
      },
    })
  }
  add(
    ['event', 'finding', 'critical'],
    {
      name: 'relay_drift_findings',
      help: 'Fields of events that have changed in the last seven days, by kind of change.',
    },
    (gauge, { drift }) => {
      for (const { event, kind, critical } of drift) {
        gauge.inc({ event, finding: kind, critical: String(critical) })
      }
    },
  )
  add(
    ['shape'],
    {
      name: 'relay_customer_id_shapes',
      help: 'Events by the shape of their customer id, since the shape was first seen.',
    },
    (gauge, { shapes }) => {
      for (const { shape, events } of shapes) gauge.set({ shape }, events)
    },
  )
  add(
    [],
    {
      name: 'relay_customer_id_second_shapes',
      help: 'Shapes of customer ids that are new beside the one of the namespace.',
    },
    (gauge, found) => gauge.set(found.secondShapes),
  )
}

/** Reads and compares; what it returns is the last result while that is fresh. `now`: milliseconds since 1970. */
export function watchReader(
  client: RedisClient,
  namespace: string,
  { plan, now }: { readonly plan: TrackingPlan; readonly now: () => number },
): () => Promise<WatchFindings | null> {
  const keys = namespaceKeys(namespace)
  const names = new Set([...eventDefinitions(plan).map(({ name }) => name), 'identify'])
  let reading: Promise<WatchFindings | null> | undefined
  let freshUntil = 0
  const read = async (): Promise<WatchFindings | null> => {
    try {
      const [profiles, shapes] = await Promise.all([
        readProfiles(client, keys),
        readShapes(client, keys),
      ])
      const drift = findDrift(profiles, plan, now()).map((finding) => {
        return { ...finding, event: names.has(finding.event) ? finding.event : OTHER }
      })
      return { drift, shapes, secondShapes: secondShapes(shapes, now()).length }
    } catch {
      return null
    }
  }
  return async () => {
    const startedAt = now()
    if (reading === undefined || startedAt >= freshUntil) {
      freshUntil = Number.POSITIVE_INFINITY
      reading = read().finally(() => {
        const tookMs = now() - startedAt
        freshUntil = startedAt + Math.max(FRESH_MS, tookMs * FRESH_FACTOR)
      })
    }
    return await reading
  }
}
