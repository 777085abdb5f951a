// The shipped tracking plan: what a shop's retention journeys need first.

import { defineTrackingPlan } from '../tracking-plan.ts'
import { addedToCart } from './added-to-cart.ts'
import { cartUpdated } from './cart-updated.ts'
import { checkoutStarted } from './checkout-started.ts'
import { checkoutUpdated } from './checkout-updated.ts'
import { identifyAttributes } from './identify-attributes.ts'
import { orderCanceled } from './order-canceled.ts'
import { orderDelivered } from './order-delivered.ts'
import { orderFulfilled } from './order-fulfilled.ts'
import { orderPlaced } from './order-placed.ts'
import { orderRefunded } from './order-refunded.ts'
import { productViewed } from './product-viewed.ts'
import { subscriptionCanceled } from './subscription-canceled.ts'
import { subscriptionCreated } from './subscription-created.ts'
import { subscriptionPaymentFailed } from './subscription-payment-failed.ts'

/** The shipped plan. */
export const retentionPlan = defineTrackingPlan({
  events: [
    productViewed,
    addedToCart,
    cartUpdated,
    checkoutStarted,
    checkoutUpdated,
    orderPlaced,
    orderCanceled,
    orderFulfilled,
    orderDelivered,
    orderRefunded,
    subscriptionCreated,
    subscriptionCanceled,
    subscriptionPaymentFailed,
  ],
  attributes: identifyAttributes,
})
