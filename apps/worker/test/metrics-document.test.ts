// docs/metrics.md shows exactly the metrics that there are, and the words that their labels can take.

import { DEAD_REASONS, retentionPlan } from '@retention-relay/events'
import type { PauseReason, ResponseClass } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { createMetrics } from '../src/metrics.ts'
import { readDocument, readTable } from './documents.ts'

const document = readDocument('docs/metrics.md')

/** Every reason and every outcome: the compiler knows whether one is missing. */
const REASONS = {
  auth: true,
  destination: true,
  unreadable_answer: true,
  refuses_everything: true,
  newer_format: true,
  newer_event: true,
  mass_rejection: true,
  operator: true,
} satisfies Record<PauseReason, true>
const OUTCOMES = {
  delivered: true,
  partly_refused: true,
  item_errors_unclear: true,
  refused: true,
  unauthorized: true,
  wrong_address: true,
  retry: true,
  lease_over: true,
  aborted: true,
} satisfies Record<ResponseClass['kind'], true>

/** What the registry says of each metric: name, type, labels, meaning. */
async function metricsOfRegistry(): Promise<string[][]> {
  const { registry } = createMetrics(
    async () => null,
    async () => null,
    retentionPlan,
  )
  const metrics = await registry.getMetricsAsJSON()
  return metrics.map(({ name, type, help }) => {
    const { labelNames } = registry.getSingleMetric(name) as unknown as { labelNames: string[] }
    return [name, String(type), labelNames.join(', ') || '–', help]
  })
}

test('every metric stands in the document with its type, labels and meaning, and no other', async () => {
  const rows = readTable(document, 'metric').map((cells) => cells.slice(0, 4))
  const byName = ([one]: string[], [other]: string[]): number => one!.localeCompare(other!)
  expect(rows.toSorted(byName)).toEqual((await metricsOfRegistry()).toSorted(byName))
})

test('of every metric the document says when to worry', () => {
  for (const [name, , , , worry] of readTable(document, 'metric'))
    expect([name, worry]).toEqual([name, expect.stringMatching(/\.$/)])
})

test('names end with their unit, or with total', async () => {
  for (const [name, type] of await metricsOfRegistry()) {
    const end = { counter: '_total', histogram: '_seconds' }[type!] ?? ''
    expect(name).toMatch(new RegExp(`^relay_[a-z_]+${end}$`))
  }
})

test('the words of labels in the document are those of the code', () => {
  const words = (heading: string, header: string): string[] => {
    const section = document.slice(document.indexOf(`### ${heading}`))
    return readTable(section, header).map(([word]) => word!)
  }
  expect(words('Reasons of a dead letter', 'reason').toSorted()).toEqual(DEAD_REASONS.toSorted())
  expect(words('Outcomes of a request', 'outcome').toSorted()).toEqual(
    Object.keys(OUTCOMES).toSorted(),
  )
  expect(words('Reasons to wait on purpose', 'reason').toSorted()).toEqual(
    Object.keys(REASONS).toSorted(),
  )
})
