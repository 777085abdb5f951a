// The metrics: what is scraped is of now, and docs/metrics.md shows exactly what there is.

import { retentionPlan } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { createMetrics } from '../src/metrics.ts'
import type { NamespaceGauges } from '../src/namespace-gauges.ts'

/** Samples of a scrape by name and labels. */
async function scrape(registry: { metrics(): Promise<string> }): Promise<Map<string, number>> {
  const lines = (await registry.metrics()).split('\n')
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(samples.map((line) => [line.split(' ')[0]!, Number(line.split(' ')[1])]))
}

test('a scrape shows the namespace as it is at that moment', async () => {
  const answers: (NamespaceGauges | null)[] = [
    { pending: 3, oldestAgeMs: 1500, namespace: 'shop', createdAtS: 1_795_664_000.5 },
    { pending: 2, oldestAgeMs: 700, namespace: 'shop', createdAtS: 1_795_665_000.25 },
    null,
  ]
  let reads = 0
  const { registry } = createMetrics(
    async () => answers[reads++]!,
    async () => null,
    retentionPlan,
  )
  const [first, second, third] = [
    await scrape(registry),
    await scrape(registry),
    await scrape(registry),
  ]
  expect(first.get('relay_events_pending')).toBe(3)
  expect(first.get('relay_oldest_event_age_seconds')).toBe(1.5)
  expect(second.get('relay_oldest_event_age_seconds')).toBe(0.7)
  expect(first.get('relay_namespace_created_seconds{namespace="shop"}')).toBe(1_795_664_000.5)
  expect(second.get('relay_namespace_created_seconds{namespace="shop"}')).toBe(1_795_665_000.25)
  expect(third.has('relay_namespace_created_seconds{namespace="shop"}')).toBe(false)
  expect(third.has('relay_events_pending')).toBe(false)
  expect(third.has('relay_oldest_event_age_seconds')).toBe(false)
  expect(reads).toBe(3)
})

test('tolerated events are counted by the names of the plan; all other names are one', async () => {
  const { registry, observer } = createMetrics(
    async () => null,
    async () => null,
    retentionPlan,
  )
  const before = await scrape(registry)
  expect(before.get('relay_events_tolerated_total{name="order_placed"}')).toBe(0)
  const labels = ['order_placed', 'identify', 'from-outside-1', 'from-outside-2', 'order_placed']
  observer.settled({
    partition: 0,
    delivered: 5,
    deliveredEvents: [],
    duplicate: 0,
    dead: [],
    latenciesMs: [],
    tolerated: labels.map((label) => ({ id: 'id', label, fault: 'odd' })),
    late: 2,
  })
  const after = await scrape(registry)
  const names = [...after.keys()].filter((key) => key.startsWith('relay_events_tolerated_total'))
  expect(names).toHaveLength(Object.keys(retentionPlan.events).length + 2)
  expect(after.get('relay_events_tolerated_total{name="order_placed"}')).toBe(2)
  expect(after.get('relay_events_tolerated_total{name="identify"}')).toBe(1)
  expect(after.get('relay_events_tolerated_total{name="other"}')).toBe(2)
  expect(after.get('relay_events_late_total')).toBe(2)
})
