// docs/events.md is what the shipped plan says, word for word.

import { readFileSync } from 'node:fs'

import { defineEvent, defineTrackingPlan, retentionPlan } from '@retention-relay/events'
import type { Checks, ObjectSchema } from '@retention-relay/events'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

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

describe('the page of another plan', () => {
  const other = (unknownEvents: Checks, checks: Checks, schema: ObjectSchema): string => {
    const common = { description: 'A test.', version: 1, schema, checks }
    const events = [defineEvent({ ...common, name: 'quiz_taken' })]
    return planDocument(defineTrackingPlan({ events, attributes: common, unknownEvents }))
  }
  const [strict, loose] = [z.strictObject({}), z.looseObject({})]

  it.each([
    ['strict', 'refused'],
    ['warn', 'delivered, counted and logged'],
    ['off', 'delivered'],
  ] as const)('says what becomes of events that it does not list: %s', (unknownEvents, outcome) => {
    const line = `- **An event that is not listed** is ${outcome}.\n`
    expect(other(unknownEvents, 'strict', strict)).toContain(line)
  })

  it.each([
    ['warn', 'delivered, counted and logged'],
    ['off', 'delivered'],
  ] as const)('says what becomes of data that does not match: %s', (checks, outcome) => {
    const text = `Version 1. Checks: \`${checks}\`: what does not match is ${outcome}.`
    expect(other('strict', checks, strict).split(text)).toHaveLength(3)
  })

  it('says where fields may come that are not listed', () => {
    const isSaid = (schema: ObjectSchema): boolean =>
      other('strict', 'strict', schema).includes('- Takes fields that are not listed.')
    expect(isSaid(loose)).toBe(true)
    expect(isSaid(z.strictObject({ items: z.array(loose).optional() }))).toBe(true)
    const stock = z.record(z.string(), z.unknown())
    expect(isSaid(z.strictObject({ stock, note: z.null() }).catchall(z.int()))).toBe(false)
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
