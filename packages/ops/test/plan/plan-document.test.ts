// docs/events.md is what the shipped plan says, word for word.

import { readFileSync } from 'node:fs'

import { retentionPlan } from '@retention-relay/events'
import { describe, expect, it } from 'vitest'

import { planDocument, planEntries } from '../../src/index.ts'

const page = readFileSync(new URL('../../../../docs/events.md', import.meta.url), 'utf8')

describe('docs/events.md', () => {
  it('is fresh: npm run relay -- plan export --markdown docs/events.md writes it', () => {
    expect(page).toBe(planDocument(retentionPlan))
  })

  it.each(planEntries(retentionPlan))('has a section of $name with all its fields', (entry) => {
    const [, section = ''] = page.split(`\n## ${entry.name}\n`)
    const [own = ''] = section.split('\n## ')
    expect(own).toContain(entry.description)
    expect(own).toContain(entry.idempotencyKey ?? '')
    for (const { path } of entry.fields) expect(own).toContain(`| \`${path}\` `)
    for (const name of entry.supersedes) expect(own).toContain(name)
  })
})

describe('the marks of a field', () => {
  it('are those of the definition, and those of a group hold for what is in it', () => {
    const { attributes } = retentionPlan
    const checkout = planEntries(retentionPlan).find(({ name }) => name === 'checkout_started')
    const personal = checkout?.fields.filter(({ isPersonal }) => isPersonal)
    const critical = checkout?.fields.filter(({ isCritical }) => isCritical)
    expect(personal?.map(({ path }) => path)).toEqual(['checkout_url'])
    expect(critical?.map(({ path }) => path)).toEqual([
      'checkout_id',
      'items[].product_id',
      'value',
      'checkout_url',
    ])
    const grouped = { ...attributes, personal: ['items'] }
    const order = { ...retentionPlan.events.order_placed, personal: ['items'] }
    const events = { order_placed: order }
    const [entry] = planEntries({ events, attributes: grouped, unknownEvents: 'strict' })
    const marked = entry?.fields.filter(({ isPersonal }) => isPersonal)
    expect(marked?.map(({ path }) => path)).toContain('items[].sku')
    expect(marked?.map(({ path }) => path)).not.toContain('order_id')
  })
})
