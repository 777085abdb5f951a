// The story of `npm run demo -- outage`: Customer.io is out; a shopper starts a checkout and pays before it comes back. A
// hundred other events wait as well. When it is back everything is delivered, but for the checkout: a reminder with a
// discount code for somebody who has paid is what must not happen.

import { setTimeout as delay } from 'node:timers/promises'

import { checkDeliveries } from './check-deliveries.ts'
import type { SentEvent } from './check-deliveries.ts'
import type { Printer } from './printer.ts'
import type { Stage } from './stage.ts'

/** Events of other customers that wait. */
const OTHERS = 100
/** How long Customer.io is out, in milliseconds. */
const OUTAGE_MS = 12_000
/** How long the demo waits for what is left when it is back, in milliseconds. */
const PATIENCE_MS = 60_000

const GOODS = {
  items: [
    { product_id: 'p-101', sku: 'TEA-GREEN', name: 'Green tea', unit_price: 12.9, quantity: 1 },
  ],
  value: 12.9,
  currency: 'EUR',
}

/** What it came to. */
export interface OutageResult {
  readonly superseded: number
  readonly lost: number
  readonly doubled: number
  readonly deadFromOutage: number
}

/** Plays it. The stage must have a mock. */
export async function playOutage(
  stage: Stage,
  run: string,
  printer: Printer,
): Promise<OutageResult> {
  const { producer, tally, mock } = stage
  if (mock === null) throw new Error('the demo needs the mock Customer.io')
  const startedMs = performance.now()
  const tell = (text: string): void => {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
    printer.line(`${seconds.padStart(5)} s  ${text}`)
  }
  tally.reset()
  mock.reset()
  mock.fault({ kind: 'answer', status: 502 })
  tell('Customer.io is out: it answers 502 with an HTML page to everything')

  const ids = { checkout_id: `k-${run}`, cart_id: `c-${run}` }
  const customerId = `cus_demo_${run}`
  const started = { name: 'checkout_started', data: { ...ids, ...GOODS } } as const
  const checkout = await producer.track(customerId, started)
  tell(`${customerId} starts a checkout; checkout_started is stored in Redis`)
  const sent = await sendOthers(stage, run)
  tell(`${OTHERS} events of other customers are stored too`)
  await delay(OUTAGE_MS / 2)
  tell(`${customerId} pays; order_placed is stored, and with it that the checkout is closed`)
  const placed = { name: 'order_placed', data: { order_id: `o-${run}`, ...ids, ...GOODS } } as const
  const order = await producer.track(customerId, placed)
  await delay(OUTAGE_MS / 2)
  tell(
    `nothing was delivered so far: ${tally.counts.delivered} delivered, ${tally.counts.dead} dead`,
  )
  mock.clearFaults()
  tell('Customer.io is back')

  sent.push({ customerId, op: 'track', id: order.id })
  await inTime(tally.untilSettled(sent.length + 1))
  // A 502 is a known outcome: what comes twice is doubled, although Customer.io would drop it by its id.
  const received = mock.received()
  const check = checkDeliveries(sent, received)
  const isCheckoutSent = received.some(({ id }) => id === checkout.id)
  tell(
    `order_placed is delivered; checkout_started is ${isCheckoutSent ? 'TOO' : 'not sent any more'}`,
  )
  return {
    superseded: tally.counts.superseded,
    lost: check.missing + (tally.counts.superseded === 1 && !isCheckoutSent ? 0 : 1),
    doubled: check.doubled,
    deadFromOutage: tally.counts.dead,
  }
}

/** What does not come in time is lost to whoever waits for it. */
async function inTime(settled: Promise<unknown>): Promise<void> {
  const ended = new AbortController()
  const { signal } = ended
  await Promise.race([settled, delay(PATIENCE_MS, undefined, { signal }).catch(() => undefined)])
  ended.abort()
}

async function sendOthers({ producer }: Stage, run: string): Promise<SentEvent[]> {
  const customers = Array.from({ length: OTHERS }, (_, index) => `cus_${run}_${index}`)
  return await Promise.all(
    customers.map(async (customerId): Promise<SentEvent> => {
      const name = 'Green tea'
      const viewed = { name: 'product_viewed', data: { product_id: 'p-101', name } } as const
      const { id } = await producer.track(customerId, viewed)
      return { customerId, op: 'track', id }
    }),
  )
}
