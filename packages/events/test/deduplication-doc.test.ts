// docs/deduplication.md against the plan: every event, and what its key is made of.
import { describe, expect, it } from 'vitest'

import { eventDefinitions, findDefinition, retentionPlan } from '../src/index.ts'
import { readDocument, tableRows } from './document.ts'

const text = readDocument('deduplication.md')
const rows = tableRows(
  text.slice(text.indexOf('## Every event'), text.indexOf('## Two layers')),
).slice(1)

/** `a and b` needs all parts; `a, or b` takes the first that is there. `order:` is a part as it stands. */
const partsOf = (key: string): string[] =>
  [...key.matchAll(/[a-z_]+_id|revision|order(?=:)/g)].map(([name]) => name)

const valuesOf = (fields: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(fields.map((name) => [name, name === 'revision' ? 7 : `<${name}>`]))

describe('the table of keys', () => {
  it('has every event of the plan, and identify', () => {
    const names = eventDefinitions(retentionPlan).map(({ name }) => name)
    expect(rows.map(([name]) => name).toSorted()).toEqual([...names, 'identify'].toSorted())
  })

  const keyed = rows.filter(([name]) => name !== 'identify')
  const keyOf = (name: string, data: Record<string, unknown>): string | undefined =>
    findDefinition(retentionPlan, name)?.idempotencyKey?.of(data)

  it.each(keyed.filter(([, key]) => key === 'none'))('is right that %s has none', (name = '') => {
    expect(findDefinition(retentionPlan, name)?.idempotencyKey).toBeUndefined()
  })

  it.each(keyed.filter(([, key]) => key !== 'none'))(
    'is right about what the key of %s is made of: %s',
    (name = '', key = '') => {
      const ways = key.split(', or ').map((way) => partsOf(way))
      ways.forEach((parts, index) => {
        const rest = ways.slice(index).flat()
        const made = parts.map((part) => (part === 'order' ? part : valuesOf(parts)[part]))
        expect(keyOf(name, valuesOf(rest))).toBe(made.join(':'))
        expect(keyOf(name, valuesOf(parts.slice(0, -1)))).toBeUndefined()
      })
    },
  )
})
