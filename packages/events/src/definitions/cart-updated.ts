import * as z from 'zod'

import { defineEvent } from '../event-definition.ts'
import { cartId, currency, HOUR_MS, item, money, revision } from './fields.ts'
import { revisionKey } from './key-parts.ts'

/** What is in a cart has changed. */
export const cartUpdated = defineEvent({
  name: 'cart_updated',
  description:
    'What is in a cart has changed: the whole cart as it is now, empty when it was emptied.',
  version: 1,
  schema: z.strictObject({
    cart_id: cartId,
    revision: revision.optional(),
    items: z.array(item).meta({ description: 'All lines of the cart now.' }),
    value: money,
    currency,
  }),
  critical: ['cart_id', 'value', 'items[].product_id'],
  // As with the checkout.
  staleAfterMs: 24 * HOUR_MS,
  onStale: 'dead-letter',
  idempotencyKey: {
    of: (data) => revisionKey(data.cart_id, data.revision),
    why: 'A cart that changes three times is told three times; only the number of the change tells a repeated call.',
  },
})
