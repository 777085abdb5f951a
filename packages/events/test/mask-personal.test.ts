// What people may see of an event.
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

import {
  defineAttributes,
  defineEvent,
  defineTrackingPlan,
  personalMask,
  retentionPlan,
} from '../src/index.ts'
import type { RelayEvent } from '../src/index.ts'

const base = {
  id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  customerId: 'cus_1',
  occurredAt: 1_795_600_000_000,
}

const plan = defineTrackingPlan({
  events: [
    defineEvent({
      name: 'moved',
      description: 'A test.',
      version: 1,
      schema: z.strictObject({
        address: z.strictObject({ street: z.string(), country: z.string() }),
        items: z.array(z.strictObject({ sku: z.string(), note: z.string().optional() })),
        tags: z.array(z.string()),
        value: z.number(),
        notes: z.record(z.string(), z.strictObject({ sku: z.string(), text: z.string() })),
      }),
      personal: ['notes.*.text', 'address.street', 'items[].note', 'tags[]'],
    }),
  ],
  attributes: defineAttributes({
    description: 'A test.',
    schema: z.strictObject({ email: z.string(), orders: z.number() }),
    personal: ['email'],
  }),
})
const mask = personalMask(plan)

const show = (fields: object): unknown => mask({ ...base, ...fields } as RelayEvent)

describe('what is shown of an event', () => {
  it('has its personal fields masked, at any depth, and nothing else', () => {
    const data = {
      address: { street: 'Am Markt 1', country: 'DE' },
      items: [{ sku: 'A', note: 'for Anna' }, { sku: 'B' }],
      tags: ['anna', 'vip'],
      value: 3,
    }
    expect(show({ op: 'track', name: 'moved', data })).toEqual({
      address: { street: '***', country: 'DE' },
      items: [{ sku: 'A', note: '***' }, { sku: 'B' }],
      tags: ['***', '***'],
      value: 3,
    })
  })

  it('hides what the plan does not know', () => {
    const fields = { value: 3, email: 'anna@example.com' }
    expect(show({ op: 'track', name: 'moved', data: fields })).toEqual({ value: 3, email: '***' })
    expect(show({ op: 'track', name: 'danced', data: fields })).toEqual({
      value: '***',
      email: '***',
    })
    expect(show({ op: 'identify', attributes: { orders: 2, phone: '+49' } })).toEqual({
      orders: 2,
      phone: '***',
    })
  })

  it('hides what the plan does not name also in objects and lists, and what it has as one of them', () => {
    const address = { country: 'DE', phone: '+49 30 1' }
    const items = [{ sku: 'A', customer_email: 'anna@example.com', gift: { to: 'anna' } }, 'anna']
    const tags = [{ anna: 'anna' }, ['anna']]
    expect(show({ op: 'track', name: 'moved', data: { address, items, tags, value: 3 } })).toEqual({
      address: { country: 'DE', phone: '***' },
      items: [{ sku: 'A', customer_email: '***', gift: '***' }, '***'],
      tags: ['***', '***'],
      value: 3,
    })
    const text = { address: 'Am Markt 1', items: 'anna', value: { of: 'anna' } }
    expect(show({ op: 'track', name: 'moved', data: text })).toEqual({
      address: '***',
      items: '***',
      value: { of: '***' },
    })
  })

  it('hides a key that is an address or a number, and what a service says of a device', () => {
    const data = { 'anna@example.com': true, '+49 30 123456': 1 }
    expect(JSON.stringify(show({ op: 'track', name: 'moved', data }))).not.toMatch(/anna|123456/)
    const device = { token: 't', platform: 'ios', last_used: 5, attributes: { owner: 'anna' } }
    expect(show({ op: 'add_device', device })).toEqual({
      token: '***',
      platform: 'ios',
      last_used: 5,
      attributes: { owner: '***' },
    })
  })

  it('shows of a record what the plan says of its keys', () => {
    const notes = { A: { sku: 'A', text: 'anna', from: 'anna' }, 'a@b.example': { sku: 'B' } }
    const data = { notes }
    const { notes: shown } = show({ op: 'track', name: 'moved', data }) as typeof data
    expect(Object.values(shown)).toEqual([{ sku: 'A', text: '***', from: '***' }, { sku: 'B' }])
    expect(JSON.stringify(shown)).not.toContain('@')
  })

  it('hides the customer that somebody is merged into where the id is an address or a number', () => {
    expect(show({ op: 'merge', primaryId: 'cus_2' })).toEqual({ into: 'cus_2' })
    for (const primaryId of ['anna@example.com', '+49 30 123456']) {
      expect(JSON.stringify(show({ op: 'merge', primaryId }))).not.toMatch(/anna|123456/)
    }
  })

  it.each([
    [{ op: 'identify', attributes: { email: 'anna@example.com', orders: 1 } }],
    [{ op: 'add_device', device: { token: 'anna', platform: 'ios' } }],
    [{ op: 'delete_device', device: { token: 'anna' } }],
    [{ op: 'track', name: 'moved', data: { address: 'Anna, Am Markt 1 anna' } }],
  ])('shows no personal value of %o', (event) => {
    expect(JSON.stringify(show(event))).not.toMatch(/anna@|"anna"/)
  })

  it('of a field that is left out or cleared stays as it is', () => {
    expect(show({ op: 'identify', attributes: { email: null } })).toEqual({ email: null })
  })

  it('hides the addresses and names of the shipped plan', () => {
    const shipped = personalMask(retentionPlan)
    const attributes = {
      email: 'a@example.com',
      first_name: 'Anna',
      phone: '+491',
      total_orders: 3,
    }
    expect(shipped({ ...base, op: 'identify', attributes })).toEqual({
      email: '***',
      first_name: '***',
      phone: '***',
      total_orders: 3,
    })
  })
})
