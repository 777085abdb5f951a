// A service of a shop as a process of its own: a producer that sends numbered events of its customers, as many at once
// as a busy service would, and tells of each call what became of it, one JSON object a line.
// Arguments: one JSON object { redisUrl, namespace, prefix, customers, perCustomer, orderId, atOnce, retryMs,
//   maxPendingEvents }.
//   orderId: send this one order `perCustomer` times instead.
//   retryMs: pause before a call is tried again.

import { createProducer } from '@retention-relay/producer'

import { trackingPlan } from './shop-plan.mjs'

const {
  redisUrl,
  namespace,
  prefix,
  customers,
  perCustomer,
  orderId,
  atOnce = 50,
  retryMs = 20,
  maxPendingEvents,
} = JSON.parse(process.argv[2])

const producer = await createProducer({
  namespace,
  redis: redisUrl,
  trackingPlan,
  maxPendingEvents,
})
/** Calls without an answer, as of the end of a turn: one that is refused at once is none. */
let waiting = 0
let mostWaiting = 0
const watch = setInterval(() => (mostWaiting = Math.max(mostWaiting, waiting)), 5)
process.stdin.resume()
tell({ started: true })
await Promise.all(Array.from({ length: Math.min(atOnce, customers) }, (_, lane) => service(lane)))
await producer.close()
clearInterval(watch)
tell({ finished: true, mostWaiting })
process.exit(0)

/** Sends the events of every customer of its lane, each customer's in order, and tries again what may be tried again. */
async function service(lane) {
  for (let sequence = 0; sequence < perCustomer; sequence += 1) {
    for (let customer = lane; customer < customers; customer += atOnce)
      await send(`${prefix}${customer}`, sequence)
  }
}

async function send(customerId, sequence) {
  const event =
    orderId === undefined ? { name: 'numbered', data: { relay_seq: sequence } } : order()
  for (let again = {}; ;) {
    try {
      waiting += 1
      const { id } = await producer.track(customerId, event, again).finally(() => (waiting -= 1))
      tell({ acknowledged: id, customerId, sequence })
      return
    } catch (error) {
      tell({
        failed: error.code,
        retryable: error.retryable,
        id: error.eventId,
        customerId,
        sequence,
      })
      if (!error.retryable) return
      again = { id: error.eventId, occurredAt: error.occurredAt }
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
}

function order() {
  const items = [{ product_id: 'p-1', name: 'Green tea', quantity: 1, unit_price: 12.9 }]
  return { name: 'order_placed', data: { order_id: orderId, items, value: 12.9, currency: 'EUR' } }
}

function tell(fact) {
  process.stdout.write(`${JSON.stringify(fact)}\n`)
}
