// docs/journeys.md against the plan: events that exist, fields that are watched, attributes that are there.
import { describe, expect, it } from 'vitest'

import { findDefinition, jsonSchemaOf, retentionPlan } from '../src/index.ts'
import { readDocument, tableRows } from './document.ts'

const rows = tableRows(readDocument('journeys.md')).slice(1)
const wordsOf = (cell = ''): string[] =>
  [...cell.matchAll(/[a-z]+_[a-z_]+|value|reason|items\[\]\.[a-z_]+/g)].map(([word]) => word)
const attributes = Object.keys(jsonSchemaOf(retentionPlan.attributes.schema).properties ?? {})

describe('the table of journeys', () => {
  it('has one for each event that may start one', () => {
    const starts = rows.flatMap(([, start]) => wordsOf(start))
    expect(starts.toSorted()).toEqual(Object.keys(retentionPlan.events).toSorted())
  })

  it.each(rows)('names in %s only what there is', (_journey, start, exit, fields, consent) => {
    const definition = findDefinition(retentionPlan, wordsOf(start)[0] ?? '')
    for (const name of wordsOf(exit)) expect(Object.keys(retentionPlan.events)).toContain(name)
    expect(wordsOf(fields).toSorted()).toEqual([...(definition?.critical ?? [])].toSorted())
    for (const name of wordsOf(consent)) expect(attributes).toContain(name)
  })
})
