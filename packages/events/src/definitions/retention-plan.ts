// The shipped tracking plan: what a shop's retention journeys need first.

import { defineTrackingPlan } from '../tracking-plan.ts'
import { addedToCart } from './added-to-cart.ts'
import { checkoutStarted } from './checkout-started.ts'
import { identifyAttributes } from './identify-attributes.ts'
import { orderDelivered } from './order-delivered.ts'
import { orderFulfilled } from './order-fulfilled.ts'
import { orderPlaced } from './order-placed.ts'
import { productViewed } from './product-viewed.ts'
import { subscriptionCanceled } from './subscription-canceled.ts'
import { subscriptionCreated } from './subscription-created.ts'

/** The shipped plan. */
export const retentionPlan = defineTrackingPlan({
  events: [
    productViewed,
    addedToCart,
    checkoutStarted,
    orderPlaced,
    orderFulfilled,
    orderDelivered,
    subscriptionCreated,
    subscriptionCanceled,
  ],
  attributes: identifyAttributes,
})
