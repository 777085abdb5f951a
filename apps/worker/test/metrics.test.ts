// The metrics: what is scraped is of now, and docs/metrics.md shows exactly what there is.

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
    { pending: 3, oldestAgeMs: 1500 },
    { pending: 2, oldestAgeMs: 700 },
    null,
  ]
  let reads = 0
  const { registry } = createMetrics(
    async () => answers[reads++]!,
    async () => null,
  )
  const [first, second, third] = [
    await scrape(registry),
    await scrape(registry),
    await scrape(registry),
  ]
  expect(first.get('relay_events_pending')).toBe(3)
  expect(first.get('relay_oldest_event_age_seconds')).toBe(1.5)
  expect(second.get('relay_oldest_event_age_seconds')).toBe(0.7)
  expect(third.has('relay_events_pending')).toBe(false)
  expect(third.has('relay_oldest_event_age_seconds')).toBe(false)
  expect(reads).toBe(3)
})
