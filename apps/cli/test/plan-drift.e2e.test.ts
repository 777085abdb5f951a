// Setup: a worker with a shop's plan whose carts may be anything, producers that name their version, and a mock that
//   refuses nothing of it.
// Timeline: version 1.4.2 of a service sends carts; version 1.5.0 sends `cartTotal` in the place of `value`. Then
//   a second surface sends Shopify's address of a customer where the others send a number.
// The two wait for the worker's additions to Redis, so they run side by side.
// Proves: both are told, by the metrics and by the command, while every event is accepted by everybody.

import { fileURLToPath } from 'node:url'

import { loadTrackingPlan } from '@retention-relay/events'
import type { EventDefinition, TrackingPlan } from '@retention-relay/events'
import { startMock } from '@retention-relay/mock-customerio'
import type { Mock } from '@retention-relay/mock-customerio'
import { createProducer } from '@retention-relay/producer'
import { startTestRedis, until } from '@retention-relay/testkit'
import type { TestEnd, TestProcess, TestRedis } from '@retention-relay/testkit'
import { test } from 'vitest'

import { endOf, startRelay } from './relay-process.ts'
import { startWorker } from './worker-process.ts'

const PLAN = fileURLToPath(new URL('loose-shop-plan.mjs', import.meta.url))
const NAMESPACE = 'drift'

type ShopPlan = TrackingPlan<{ readonly cart_updated: EventDefinition<'cart_updated'> }>

interface Cart {
  readonly customerId: string
  readonly data: Record<string, unknown>
}

interface Setup {
  readonly redis: TestRedis
  readonly mock: Mock
  readonly worker: TestProcess
}

async function setup(onTestFinished: TestEnd): Promise<Setup> {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const worker = await startWorker({
    redis,
    mock,
    namespace: NAMESPACE,
    plan: PLAN,
    onEnd: onTestFinished,
  })
  return { redis, mock, worker }
}

/** Sends carts as one version of a service does, and waits until all are delivered. */
async function send({ redis, mock }: Setup, service: string, sent: readonly Cart[]): Promise<void> {
  const { applied } = mock.summary()
  const trackingPlan = (await loadTrackingPlan(PLAN)) as ShopPlan
  const producer = await createProducer({
    namespace: NAMESPACE,
    redis: redis.url,
    partitions: 1,
    service,
    trackingPlan,
  })
  await Promise.all(
    sent.map(({ customerId, data }) =>
      producer.track(customerId, {
        name: 'cart_updated',
        data: { cart_id: 'c-1', items: [], currency: 'EUR', ...data },
      }),
    ),
  )
  await producer.close()
  await mock.waitFor((summary) => summary.applied === applied + sent.length)
}

function carts(
  count: number,
  data: Record<string, unknown>,
  idOf: (n: number) => string = String,
): readonly Cart[] {
  return Array.from({ length: count }, (_, n) => ({ customerId: idOf(n), data }))
}

/** Resolves when the worker's metrics hold this sample. */
async function untilMetric({ worker }: Setup, sample: string): Promise<void> {
  const { input } = await worker.waitForLine(/"event":"worker.listening"/)
  const { httpPort } = JSON.parse(input) as { httpPort: number }
  const scrape = async (): Promise<string> =>
    await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text()
  const accept = (text: string): boolean => text.split('\n').includes(sample)
  await until(scrape, { accept, what: sample, timeoutMs: 60_000 })
}

test.concurrent('a renamed field is seen by drift before anything is refused', async ({
  expect,
  onTestFinished,
}) => {
  const bundle = await setup(onTestFinished)
  const { redis, mock } = bundle
  await send(bundle, 'checkout@1.4.2', carts(40, { value: 19.9 }))
  await untilMetric(bundle, 'relay_customer_id_shapes{shape="integer"} 40')
  await send(bundle, 'checkout@1.5.0', carts(40, { cartTotal: 19.9 }))
  await untilMetric(
    bundle,
    'relay_drift_findings{event="cart_updated",finding="vanished",critical="true"} 1',
  )

  const env = { REDIS_URL: redis.url, RELAY_NAMESPACE: NAMESPACE, RELAY_TRACKING_PLAN: PLAN }
  const { code, stdout } = await endOf(startRelay(['plan', 'drift'], env))
  expect(code).toBe(1)
  const rows = stdout.split('\n').map((line) => line.split(/ {2,}/))
  expect(rows.slice(1, 3).map((row) => row.slice(0, 4))).toEqual([
    ['vanished (critical)', 'cart_updated', 'checkout@1.5.0', 'value'],
    ['unknown', 'cart_updated', 'checkout@1.5.0', 'cartTotal'],
  ])
  expect(mock.summary()).toMatchObject({ applied: 80, rejected: 0 })
})

test.concurrent('a second shape of customer id alerts', async ({ expect, onTestFinished }) => {
  const bundle = await setup(onTestFinished)
  const { redis, mock } = bundle
  await send(bundle, 'shop@1', carts(10, { value: 19.9 }))
  await untilMetric(bundle, 'relay_customer_id_shapes{shape="integer"} 10')
  await untilMetric(bundle, 'relay_customer_id_second_shapes 0')
  const address = (n: number): string => `gid://shopify/Customer/${n}`
  await send(bundle, 'shop@1', carts(3, { value: 19.9 }, address))
  await untilMetric(bundle, 'relay_customer_id_second_shapes 1')

  const env = { REDIS_URL: redis.url, RELAY_NAMESPACE: NAMESPACE, RELAY_TRACKING_PLAN: PLAN }
  const { code, stdout } = await endOf(startRelay(['plan', 'drift'], env))
  expect(code).toBe(1)
  expect(stdout).toMatch(/^customer ids gid:.*Customer\/\*: 3 events .* second shape/m)
  expect(mock.summary()).toMatchObject({ applied: 13, rejected: 0 })
})
