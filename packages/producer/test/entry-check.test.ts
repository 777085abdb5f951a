// What `enqueue` would refuse, said without a Redis.

import { entryCheck, retentionPlan } from '@retention-relay/producer'
import { describe, expect, it } from 'vitest'

const check = entryCheck(retentionPlan)
const identify = { op: 'identify', customerId: 'cus_1', attributes: { total_orders: 3 } }

describe('the check of an entry', () => {
  it('takes what is right, and keeps nothing of it', () => {
    expect(check(identify)).toBeUndefined()
  })

  it.each([
    ['text', 'RELAY_EVENT_INVALID'],
    [{ ...identify, op: 'upsert' }, 'RELAY_EVENT_INVALID'],
    [{ ...identify, attributes: { total_orders: '3' } }, 'RELAY_EVENT_INVALID'],
    [{ ...identify, customerId: 'a@shop.example' }, 'RELAY_EVENT_CUSTOMER_ID'],
    [{ ...identify, id: 'o-1' }, 'RELAY_EVENT_ID'],
    [{ ...identify, occurredAt: 1 }, 'RELAY_EVENT_TIME'],
    [{ ...identify, customerId: 'c'.repeat(151) }, 'RELAY_EVENT_TOO_LARGE'],
    [{ op: 'track', customerId: 'cus_1', name: 'x', data: {} }, 'RELAY_EVENT_UNKNOWN_NAME'],
  ])('refuses %j as enqueue does', (entry, code) => {
    expect(() => check(entry)).toThrow(expect.objectContaining({ code }))
  })
})
