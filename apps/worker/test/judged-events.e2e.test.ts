// Events that are not as the worker's tracking plan says: stored by a service in another language, of an older version, of a
// newer one. Nothing that is wrong reaches Customer.io, nothing that is merely newer is lost, and nobody is overtaken.

import { fileURLToPath } from 'node:url'

import { eventLabel } from '@retention-relay/events'
import type { RelayEvent, TrackEvent } from '@retention-relay/events'
import { startMock } from '@retention-relay/mock-customerio'
import { namespaceKeys } from '@retention-relay/queue'
import { startTestRedis, until } from '@retention-relay/testkit'
import { afterAll, beforeEach, expect, test } from 'vitest'

import { identify, PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const redis = await startTestRedis({ onEnd: afterAll })
const mock = await startMock({ keepPayloads: 1000 })
afterAll(() => mock.close())
beforeEach(() => mock.reset())

/** In everything that must be in no message and no log line. */
const VALUE = 'quagga-19'

type Plan = 'lenient' | 'today' | 'tomorrow' | 'retiring' | 'identify-first'

function start(namespace: string, plan?: Plan): ObservedWorker {
  const path = plan && fileURLToPath(new URL(`plans/${plan}.mjs`, import.meta.url))
  const settings = { ...settingsOf(namespace, mock), REDIS_URL: redis.url }
  return new ObservedWorker({ ...settings, RELAY_TRACKING_PLAN: path })
}

function event(customerId: string, name: string, data: object, version?: number): TrackEvent {
  const { version: _none, ...stored } = track(customerId, { ...data })
  return { ...stored, name, ...(version === undefined ? {} : { version }) }
}

const viewed = (customerId: string, data: object = { product_id: 'p-1', name: 'Green tea' }) =>
  event(customerId, 'product_viewed', data)

async function settled(partition: PartitionOutside): Promise<void> {
  await until(() => partition.open(), { accept: (open) => open === 0, what: 'no open job' })
}

const receivedIds = (customerId: string) => mock.received(customerId).map(({ id }) => id)
const idsOf = (events: readonly RelayEvent[]) => events.map(({ id }) => id)

test('what a service in another language stored wrongly is a dead letter with its path and no value; its neighbours are delivered in order', async () => {
  const partition = new PartitionOutside(redis, 'language')
  const good = [viewed('cus_1'), viewed('cus_1'), viewed('cus_1')]
  const wrong = viewed('cus_1', { product_id: 'p-1', name: 'Green tea', value: VALUE })
  const unknown = event('cus_1', 'page_seen', { page: VALUE })
  const attributes = identify('cus_1', { total_orders: VALUE })
  await partition.add([good[0]!, wrong, good[1]!, unknown])
  await partition.add([attributes, good[2]!])

  const worker = start('language')
  await settled(partition)
  expect(receivedIds('cus_1')).toEqual(idsOf(good))
  const letters = await partition.deadLetters()
  expect(letters.map(({ id }) => id).toSorted()).toEqual(
    idsOf([wrong, unknown, attributes]).toSorted(),
  )
  expect(new Set(letters.map(({ reason }) => reason))).toEqual(new Set(['invalid']))
  const messageOf = ({ id }: RelayEvent) => letters.find((letter) => letter.id === id)?.message
  expect(messageOf(wrong)).toContain('data.value: expected number (it is a string)')
  expect(messageOf(unknown)).toBe('the tracking plan has no event page_seen')
  expect(messageOf(attributes)).toContain('attributes.total_orders: expected ')
  expect(letters.map(({ message }) => message).join()).not.toContain(VALUE)
  await worker.untilMetric('relay_events_dead_total{reason="invalid"}', 3)
  expect(worker.output).not.toContain(VALUE)
  expect(await partition.counters()).toMatchObject({ accepted: 6, delivered: 3, dead: 3 })
})

test('what another service stored over a limit of Customer.io, or with a time that cannot be, is a dead letter; its neighbours are delivered', async () => {
  const partition = new PartitionOutside(redis, 'bounds')
  const hour = 60 * 60 * 1000
  const large = { ...viewed('cus_1'), name: 'n'.repeat(101) }
  const long = identify('cus_1', { vip_tier: VALUE.repeat(200) })
  const early = { ...viewed('cus_1'), occurredAt: Math.floor(Date.now() / 1000) }
  const future = { ...viewed('cus_1'), occurredAt: Date.now() + 2 * hour }
  const ahead = { ...viewed('cus_1'), occurredAt: Date.now() + hour / 2 }
  const last = viewed('cus_1')
  await partition.add([large, long, early, future, ahead, last])

  const worker = start('bounds', 'lenient')
  await settled(partition)
  expect(mock.received('cus_1').map(({ id, timestamp }) => [id, timestamp])).toEqual(
    [ahead, last].map(({ id, occurredAt }) => [id, Math.floor(occurredAt / 1000)]),
  )
  const letters = await partition.deadLetters()
  const messageOf = ({ id }: RelayEvent) => letters.find((letter) => letter.id === id)?.message
  expect(messageOf(large)).toContain('name has 101 bytes, the limit is 100')
  expect(messageOf(long)).toContain('attributes.vip_tier has 1800 bytes, the limit is 1000')
  expect(messageOf(early)).toBe('occurredAt is before 2015')
  expect(messageOf(future)).toMatch(/^occurredAt is 1\d\d minutes ahead of the worker's clock$/)
  expect(new Set(letters.map(({ reason }) => reason))).toEqual(new Set(['invalid']))
  await worker.untilMetric('relay_events_tolerated_total{name="product_viewed"}', 1)
  expect(mock.summary()).toMatchObject({ received: 2, applied: 2 })
})

test('an event of an older version is delivered in its new form, under its own id', async () => {
  const partition = new PartitionOutside(redis, 'older')
  const old = event('cus_1', 'quiz_done', { score: 5 }, 1)
  const now = event('cus_1', 'quiz_done', { points: 6 }, 2)
  await partition.add([old, now])
  start('older', 'tomorrow')
  await settled(partition)
  const received = mock.received({ customerId: 'cus_1', attributes: true })
  expect(received.map(({ id, attributes }) => [id, attributes])).toEqual([
    [old.id, { points: 5 }],
    [now.id, { points: 6 }],
  ])
  expect(await partition.deadLetters()).toEqual([])
})

test('one of an older version that nothing brings forward and that no longer matches is a dead letter that names both versions', async () => {
  const partition = new PartitionOutside(redis, 'stranded')
  const old = event('cus_1', 'order_canceled', { order_id: 'o-1', reason: 'customer' }, 1)
  await partition.add([old, viewed('cus_1')])
  start('stranded', 'tomorrow')
  await settled(partition)
  expect(await partition.deadLetters()).toMatchObject([{ id: old.id, reason: 'invalid' }])
  const [letter] = await partition.deadLetters()
  expect(letter?.message).toMatch(/^version 1, checked as version 2: .*data\.words/)
  expect(mock.summary().applied).toBe(1)
})

test.each([
  [
    'an event of a newer version',
    {
      newer: event('cus_1', 'quiz_done', { points: 2 }, 2),
      detail: 'it has version 2 of quiz_done, the worker knows 1',
      other: '',
    },
  ],
  [
    'an event that only a producer knows',
    {
      newer: event('cus_1', 'rating_given', { stars: 5 }, 1),
      detail: "a producer knows rating_given, the worker's tracking plan does not",
      other: ', or name rating_given in its retired events',
    },
  ],
  [
    'an identify with an attribute that only a producer knows',
    {
      newer: identify('cus_1', { shoe_size: 41 }, 2),
      detail: 'it has version 2 of identify, the worker knows 1',
      other: '',
    },
  ],
] as const)(
  '%s holds its partition and says so, and a worker with the newer plan delivers everything in order',
  async (_, { newer, detail, other }) => {
    const namespace = `newer-${eventLabel(newer).replace('_', '-')}`
    const partition = new PartitionOutside(redis, namespace)
    const [before, beside, behind] = [viewed('cus_1'), viewed('cus_2'), viewed('cus_1')]
    await partition.add([before])
    const held = [await partition.add([beside, newer]), await partition.add([behind])]

    const old = start(namespace, 'today')
    expect(await old.log('relay.paused')).toMatchObject({
      reason: 'newer_event',
      partition: 0,
      detail: `${detail}; deploy a worker with the newer tracking plan${other}`,
    })
    await mock.waitFor(({ applied }) => applied === 1)
    const metrics = await old.untilMetric('relay_events_pending', 3)
    expect(metrics.get('relay_paused{reason="newer_event"}')).toBe(1)
    expect(await old.process.kill('SIGTERM')).toEqual({ code: 0, signal: null })
    expect(await partition.waiting()).toEqual(held)

    start(namespace, 'tomorrow')
    await settled(partition)
    // An identify has no id at Customer.io.
    const newerId = newer.op === 'track' ? newer.id : null
    expect(receivedIds('cus_1')).toEqual([before.id, newerId, behind.id])
    expect(receivedIds('cus_2')).toEqual([beside.id])
    expect(await partition.deadLetters()).toEqual([])
    expect(mock.summary()).toMatchObject({ applied: 4, duplicates: 0 })
  },
)

test('an event that the plan has dropped holds its partition until it is retired, and is a dead letter then', async () => {
  const partition = new PartitionOutside(redis, 'retired')
  const gone = event('cus_1', 'rating_given', { stars: 5 }, 1)
  const behind = viewed('cus_1')
  await partition.add([gone, behind])
  const without = start('retired', 'today')
  expect(await without.log('relay.paused')).toMatchObject({ reason: 'newer_event' })
  expect(await without.process.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  start('retired', 'retiring')
  await settled(partition)
  expect(receivedIds('cus_1')).toEqual([behind.id])
  expect(await partition.deadLetters()).toMatchObject([
    { id: gone.id, reason: 'invalid', message: 'the tracking plan has retired rating_given' },
  ])
})

// A kill says of every event of the claimed jobs that it may have been delivered.
test('a worker that was killed does not open a way past the plan', async () => {
  const partition = new PartitionOutside(redis, 'killed')
  const [wrong, newer] = [viewed('cus_1', {}), event('cus_2', 'quiz_done', { points: 2 }, 2)]
  await partition.add([newer])
  await partition.add([wrong])
  const first = start('killed', 'today')
  await first.log('relay.paused')
  await until(() => partition.active(), { accept: (jobs) => jobs.length === 2 })
  await first.process.kill('SIGKILL')
  // As if its lease and its sign of life had lapsed.
  await partition.redis.del(partition.keys.lease, namespaceKeys('killed').workers)

  const second = start('killed', 'today')
  await second.log('relay.paused')
  expect(mock.summary().received).toBe(0)
  await second.process.kill('SIGTERM')
  start('killed', 'tomorrow')
  await settled(partition)
  expect(receivedIds('cus_2')).toEqual([newer.id])
  expect(await partition.deadLetters()).toMatchObject([
    { id: wrong.id, reason: 'invalid', maybeDelivered: true },
  ])
})

test('an event that its definition only warns of is delivered, counted and logged', async () => {
  const partition = new PartitionOutside(redis, 'warned')
  const odd = event('cus_1', 'survey_done', { answers: VALUE })
  await partition.add([odd, viewed('cus_2')])
  const worker = start('warned', 'today')
  await settled(partition)
  expect(receivedIds('cus_1')).toEqual([odd.id])
  await worker.untilMetric('relay_events_tolerated_total{name="survey_done"}', 1)
  expect(await worker.log('events.tolerated')).toMatchObject({
    partition: 0,
    label: 'survey_done',
    events: 1,
    id: odd.id,
    fault: expect.stringContaining('data.answers: expected number (it is a string)') as string,
  })
  expect(worker.output).not.toContain(VALUE)
  expect(await partition.deadLetters()).toEqual([])
})

/** As `subscription_created` takes it. */
const SUBSCRIPTION = {
  subscription_id: 'sub-1',
  items: [{ product_id: 'p-1', name: 'Green tea', quantity: 1, unit_price: 9.9 }],
  value: 9.9,
  currency: 'EUR',
  interval_days: 30,
}

test('an event that demands an identified customer is a dead letter before the identify, and is delivered after it', async () => {
  const partition = new PartitionOutside(redis, 'identify-first')
  const early = event('cus_1', 'subscription_created', SUBSCRIPTION)
  const seen = viewed('cus_1')
  await partition.add([early, seen])
  const worker = start('identify-first', 'identify-first')
  await settled(partition)
  expect(receivedIds('cus_1')).toEqual([seen.id])
  await worker.untilMetric('relay_events_tolerated_total{name="product_viewed"}', 1)
  const [letter, ...others] = await partition.deadLetters()
  expect(others).toEqual([])
  expect(letter).toMatchObject({ id: early.id, reason: 'invalid', attempts: 0 })
  expect(letter?.message).toContain('never identified here')

  // Another worker knows as much.
  expect(await worker.process.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  const later = event('cus_1', 'subscription_created', SUBSCRIPTION)
  await partition.add([identify('cus_1'), later])
  start('identify-first', 'identify-first')
  await settled(partition)
  expect(receivedIds('cus_1')).toEqual([seen.id, null, later.id])
  await partition.add([early])
  await settled(partition)
  expect(receivedIds('cus_1')).toEqual([seen.id, null, later.id, early.id])
  expect(await partition.deadLetters()).toEqual([])
})

test('an event that is too old to start a campaign is delivered with its time, and counted', async () => {
  const partition = new PartitionOutside(redis, 'late')
  const hours = 60 * 60 * 1000
  const placed = event('cus_1', 'order_fulfilled', { order_id: 'o-1' })
  await partition.add([
    { ...placed, occurredAt: Date.now() - 73 * hours },
    { ...placed, id: track('cus_1').id, occurredAt: Date.now() - 71 * hours },
  ])
  const worker = start('late')
  await settled(partition)
  const metrics = await worker.untilMetric('relay_events_delivered_total', 2)
  expect(metrics.get('relay_events_late_total')).toBe(1)
})
