// Setup: what a newer relay may have left in the keys of today before it was rolled back: fields, counters, reasons, settled
//   positions and kinds of entries that this one does not know, beside those that it does.
// Timeline: a worker, a producer and the relay command of today come to it.
// Proves: events are delivered in order, what the newer one has settled is not sent again, the command tells what is there
//   and sends a dead letter again, and nothing that is not understood is taken away.

import { createHash } from 'node:crypto'

import { createUlidSource, dedupeMember, jobName } from '@retention-relay/events'
import type { TrackEvent } from '@retention-relay/events'
import { startMock } from '@retention-relay/mock-customerio'
import { createProducer } from '@retention-relay/producer'
import { awaitRedis, createRedisClient, namespaceKeys, partitionKeys } from '@retention-relay/queue'
import type { RedisClient } from '@retention-relay/queue'
import { LOOSE_PLAN, startTestRedis, until } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { endOf, startRelay } from './relay-process.ts'
import type { Ended } from './relay-process.ts'
import { startWorker } from './worker-process.ts'

const NAMESPACE = 'newer'
const KEYS = partitionKeys({ namespace: NAMESPACE, generation: 1, partition: 0 })
const OWN = namespaceKeys(NAMESPACE)
/** Name and producer that drift is watched of, and their profile. */
const WATCHED = 'shop@9 cart_updated'
const PROFILE = `${OWN.drift}:${createHash('sha256').update(WATCHED).digest('hex').slice(0, 16)}`

/** Fields that nobody knows today, by key. */
const OF_TOMORROW = [
  OWN.config,
  OWN.idShapes,
  PROFILE,
  KEYS.leaseRun,
  KEYS.counters,
  KEYS.dedupe,
  KEYS.meta,
  KEYS.deadGroups,
]

const nextUlid = createUlidSource()

function track(customerId: string): TrackEvent {
  const id = nextUlid()
  return { op: 'track', id, customerId, occurredAt: Date.now(), name: 'order_placed', data: {} }
}

/** A dead letter for a reason of tomorrow. */
async function bury(client: RedisClient, letter: TrackEvent): Promise<void> {
  const member = dedupeMember(letter.id)
  const fingerprint = 'of_tomorrow|||order_placed'
  const record = {
    id: letter.id,
    reason: 'of_tomorrow',
    label: letter.name,
    customerId: letter.customerId,
    event: letter,
    attempts: 1,
    maybeDelivered: false,
    committedAt: letter.occurredAt,
    diedAt: letter.occurredAt,
    partition: 0,
    worker: 'worker-of-tomorrow',
    tomorrow: { any: 'thing' },
  }
  await client.zadd(KEYS.dead, Date.now(), member)
  await client.hset(`${KEYS.dead}:${member}`, {
    record: JSON.stringify(record),
    fingerprint,
    state: 'dead',
    deaths: '1',
    tomorrow: 'x',
  })
  await client.hset(KEYS.deadGroups, fingerprint, '1')
}

/** A job of which the newer one has settled the first event, in a way that it alone knows. */
async function leaveJob(client: RedisClient, events: readonly TrackEvent[]): Promise<void> {
  const id = `c-${nextUlid()}`
  await client.hset(`${KEYS.jobBase}${id}`, {
    name: jobName(events.length),
    data: JSON.stringify({ v: 1, ns: NAMESPACE, events, tomorrow: 'x' }),
    opts: JSON.stringify({ jobId: id }),
    timestamp: String(Date.now()),
    rc: '1',
    rs: 't-',
    tomorrow: 'x',
  })
  await client.lpush(KEYS.wait, id)
  await client.zadd(KEYS.marker, 0, '0')
}

test('a relay delivers what a newer one has left, tells of it and keeps what it does not know', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const client = createRedisClient(redis.url, { name: 'test' })
  onTestFinished(() => client.disconnect())
  await awaitRedis(client, { timeoutMs: 5000 })

  const [settled, open, letter] = [track('cus_1'), track('cus_1'), track('cus_2')]
  await client.hset(OWN.config, { generation: '1', partitions: '1', createdAt: '1790000000000000' })
  for (const key of OF_TOMORROW) await client.hset(key, 'tomorrow', 'x')
  await client.lpush(OWN.audit, 'not JSON', JSON.stringify({ verb: 'of_tomorrow', at: 1 }))
  await client.zadd(OWN.drift, Date.now(), WATCHED)
  const counts = { events: '3', seen: '3', first: '1', last: String(Date.now()) }
  await client.hset(PROFILE, { ...counts, 'l:value': '2:3', 'n:q:value': '3', 'y:value': '1' })
  await client.hset(KEYS.counters, { accepted: '3', delivered: '1', dead: '1', deaths: '1' })
  await bury(client, letter)
  await leaveJob(client, [settled, open])
  await client.set(`${KEYS.prefix}:tomorrow`, 'x')

  await startWorker({ redis, mock, namespace: NAMESPACE, plan: LOOSE_PLAN, onEnd: onTestFinished })
  const producer = await createProducer({ namespace: NAMESPACE, redis: redis.url })
  await producer.identify('cus_1', { vip_tier: 'gold' })
  await producer.close()
  await mock.waitFor((summary) => summary.applied === 2)
  expect(mock.received('cus_1').map(({ id, action }) => id ?? action)).toEqual([
    open.id,
    'identify',
  ])

  const relay = async (words: string): Promise<Ended> =>
    await endOf(startRelay(words.split(' '), { REDIS_URL: redis.url, RELAY_NAMESPACE: NAMESPACE }))
  const isSettled = ({ stdout }: Ended): boolean => stdout.includes('"pending":{"events":0,')
  const status = await until(() => relay('status --json'), { accept: isSettled, what: 'settled' })
  expect([status.code, status.stdout]).toEqual([0, expect.stringContaining('"kind":"balanced"')])
  const list = await relay('dead list')
  expect([list.code, list.stdout]).toEqual([0, expect.stringContaining('of_tomorrow')])
  const drift = await relay('plan drift cart_updated')
  expect([drift.code, drift.stdout]).toEqual([0, expect.stringContaining('shop@9')])
  expect((await relay(`dead replay ${letter.id}`)).code).toBe(0)
  await mock.waitFor((summary) => summary.applied === 3)

  for (const key of OF_TOMORROW)
    expect([key, await client.hget(key, 'tomorrow')]).toEqual([key, 'x'])
  expect(await client.get(`${KEYS.prefix}:tomorrow`)).toBe('x')
  expect(await client.lrange(OWN.audit, 0, -1)).toContain('not JSON')
})
