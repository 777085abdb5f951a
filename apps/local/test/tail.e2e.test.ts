// The live view: what a person sees of events as they go, and what nobody sees.

import { fileURLToPath } from 'node:url'

import { startMock } from '@retention-relay/mock-customerio'
import { createProducer } from '@retention-relay/producer'
import { startProcess, startTestRedis, until } from '@retention-relay/testkit'
import type { TestProcess } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { NAMESPACE, startWorker } from './main-path.ts'

const RELAY = fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url))

const goods = {
  items: [{ product_id: 'p-17', name: 'Coffee beans', quantity: 1, unit_price: 19.9 }],
  value: 19.9,
  currency: 'EUR',
}

interface Line {
  readonly what: string
  readonly label: string
  readonly customerId: string
  readonly content: Record<string, unknown>
  readonly reason?: string
}

const setup = async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const relay = await createProducer({ namespace: NAMESPACE, redis: redis.url })
  onTestFinished(() => relay.close())
  await startWorker(redis.url, mock, onTestFinished)
  const tail = async (...args: string[]): Promise<TestProcess> => {
    const process = startProcess({
      script: RELAY,
      args: ['tail', ...args, '--json'],
      env: { REDIS_URL: redis.url, RELAY_NAMESPACE: NAMESPACE },
      onEnd: onTestFinished,
    })
    await process.waitForLine(/waiting for events/)
    return process
  }
  return { mock, relay, tail }
}

const linesOf = ({ stdout }: TestProcess): Line[] => stdout.map((line) => JSON.parse(line) as Line)

test('events are seen as they are accepted and delivered, personal fields masked', async () => {
  const { relay, tail } = await setup()
  const seen = await tail()
  // Workers hear of it with their next sign of life: until then views go by unseen.
  await until(async () => {
    await relay.track('probe', { name: 'product_viewed', data: { product_id: 'p', name: 'x' } })
    return seen.stdout.length > 0
  })
  await relay.identify('cus_1', { email: 'anna@example.com', total_orders: 3 })
  await relay.track('cus_1', { name: 'order_placed', data: { order_id: 'o-1', ...goods } })
  await seen.waitForLine(/"what":"delivered".*"label":"order_placed"/)
  const own = linesOf(seen).filter(({ customerId }) => customerId === 'cus_1')
  expect(own.map(({ what, label }) => `${what} ${label}`).toSorted()).toEqual([
    'accepted identify',
    'accepted order_placed',
    'delivered identify',
    'delivered order_placed',
  ])
  const identify = own.find(({ label }) => label === 'identify')
  expect(identify?.content).toEqual({ email: '***', total_orders: 3 })
  expect(own.find(({ label }) => label === 'order_placed')?.content).toMatchObject(goods)
  expect(seen.stdout.join('\n')).not.toContain('anna')
  expect(await seen.kill('SIGINT')).toMatchObject({ code: 0 })
})

test('one name and one customer can be looked at, and a dead letter shows why it died', async () => {
  const { mock, relay, tail } = await setup()
  const error = { reason: 'invalid', field: 'coupon', message: 'is no code' }
  mock.configure({
    rejectWhen: [{ name: 'order_placed', field: 'coupon', equals: 'stale', error }],
  })
  const seen = await tail('order_placed', '--customer', 'cus_2')
  let sent = 0
  await until(async () => {
    sent += 1
    await relay.track('cus_1', { name: 'order_placed', data: { order_id: `a-${sent}`, ...goods } })
    const data = { order_id: `b-${sent}`, coupon: 'stale', ...goods }
    await relay.track('cus_2', { name: 'order_placed', data })
    await relay.track('cus_2', { name: 'product_viewed', data: { product_id: 'p', name: 'x' } })
    return linesOf(seen).some(({ what }) => what === 'dead')
  })
  const lines = linesOf(seen)
  expect(new Set(lines.map(({ label, customerId }) => `${label} ${customerId}`))).toEqual(
    new Set(['order_placed cus_2']),
  )
  expect(lines.find(({ what }) => what === 'dead')).toMatchObject({
    reason: 'rejected',
    content: { coupon: 'stale' },
  })
})

test('so many lines end it', async () => {
  const { relay, tail } = await setup()
  const seen = await tail('--count', '3')
  let hasEnded = false
  void seen.exited.then(() => (hasEnded = true))
  await until(async () => {
    await relay.track('cus_1', { name: 'product_viewed', data: { product_id: 'p', name: 'x' } })
    return hasEnded
  })
  expect(await seen.exited).toMatchObject({ code: 0 })
  expect(seen.stdout).toHaveLength(3)
})
