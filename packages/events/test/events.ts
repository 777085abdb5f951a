// Valid events for tests, one of each kind.

import type { RelayEvent } from '../src/index.ts'

const base = {
  id: '01HK153X00JVSQHG80ASSVFCP6',
  customerId: 'cus_42',
  occurredAt: 1_796_000_000_123,
}

export const EVENTS = {
  track: { ...base, op: 'track', name: 'order_placed', data: { order_id: 'o-981' }, version: 1 },
  identify: { ...base, op: 'identify', attributes: { email: 'a@example.com', total_orders: 3 } },
  delete: { ...base, op: 'delete' },
  suppress: { ...base, op: 'suppress' },
  unsuppress: { ...base, op: 'unsuppress' },
  merge: { ...base, op: 'merge', primaryId: 'cus_1' },
  add_device: { ...base, op: 'add_device', device: { token: 't-1', platform: 'ios' } },
  delete_device: { ...base, op: 'delete_device', device: { token: 't-1' } },
} as const satisfies Record<RelayEvent['op'], RelayEvent>
