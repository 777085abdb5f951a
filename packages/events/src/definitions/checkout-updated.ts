import * as z from 'zod'

import { defineEvent } from '../event-definition.ts'
import {
  cartId,
  checkoutId,
  checkoutUrl,
  currency,
  HOUR_MS,
  items,
  money,
  revision,
} from './fields.ts'
import { revisionKey } from './key-parts.ts'

/** A checkout has changed after it was started. */
export const checkoutUpdated = defineEvent({
  name: 'checkout_updated',
  description: 'A checkout has changed after it was started: the whole checkout as it is now.',
  version: 1,
  schema: z.strictObject({
    checkout_id: checkoutId,
    cart_id: cartId.optional(),
    revision: revision.optional(),
    items,
    value: money,
    currency,
    checkout_url: checkoutUrl.optional(),
  }),
  personal: ['checkout_url'],
  critical: ['checkout_id', 'value', 'items[].product_id'],
  // As with the checkout.
  staleAfterMs: 24 * HOUR_MS,
  onStale: 'dead-letter',
  idempotencyKey: {
    of: (data) => revisionKey(data.checkout_id, data.revision),
    why: 'Each change is told; only the number of the change tells a repeated call.',
  },
})
