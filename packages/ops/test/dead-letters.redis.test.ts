// Dead letters as they are listed and shown; each was written by settle.

import { startTestRedis } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { listDeadLetters, showDeadLetter } from '../src/index.ts'
import type { DeadLetterQuery } from '../src/index.ts'
import { makeEvent, RelayBench } from './relay-bench.ts'
import type { TestConsumer } from './relay-bench.ts'

let redis: TestRedis
let count = 0
const open: RelayBench[] = []

beforeAll(async () => {
  redis = await startTestRedis()
})
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close()
})
afterAll(async () => redis.stop())

interface Setup {
  bench: RelayBench
  /** Lets an event die, at a time of Redis' order that the test sets. Returns its id. */
  die: (partition: number, options?: { name?: string; diedAt?: number }) => Promise<string>
  consumerOf: (partition: number) => TestConsumer
}

async function setup(partitions = 3): Promise<Setup> {
  count += 1
  const bench = await RelayBench.open(redis, `dead-${count}`, partitions)
  open.push(bench)
  const numbers = Array.from({ length: partitions }, (_, partition) => partition)
  const consumers = await Promise.all(numbers.map((partition) => bench.lease(partition)))
  const consumerOf = (partition: number): TestConsumer => consumers.at(partition)!
  const die: Setup['die'] = async (partition, { name = 'order_placed', diedAt } = {}) => {
    const event = makeEvent('cus_1', name)
    await bench.add(partition, [event])
    const consumer = consumerOf(partition)
    const job = await consumer.claimOne()
    if (diedAt !== undefined) consumer.nowMs = diedAt
    await consumer.settle(job, 0, 'dead')
    return event.id
  }
  return { bench, die, consumerOf }
}

async function pagesOf(bench: RelayBench, query: DeadLetterQuery): Promise<string[][]> {
  const pages: string[][] = []
  let after: string | null | undefined
  while (after !== null) {
    const request = after === undefined ? query : { ...query, after }
    const page = await listDeadLetters(bench.connection, bench.namespace, request)
    if (page === null) throw new Error('the namespace is not known')
    pages.push(page.letters.map(({ id }) => id))
    after = page.next
  }
  return pages
}

test('a namespace that nobody has opened has no list and no letter to show', async () => {
  const { bench } = await setup()
  expect(await listDeadLetters(bench.connection, 'never-opened')).toBeNull()
  expect(await showDeadLetter(bench.connection, 'never-opened', 'x')).toBeNull()
})

test('the letters of all partitions are one list, newest first', async () => {
  const { bench, die } = await setup()
  const oldest = await die(2, { diedAt: 1000 })
  const newest = await die(1, { diedAt: 3000 })
  const middle = await die(2, { diedAt: 2000 })
  const page = await listDeadLetters(bench.connection, bench.namespace)
  expect(page?.letters.map(({ id }) => id)).toEqual([newest, middle, oldest])
  expect(page).toMatchObject({ next: null, total: 3 })
  expect(page?.letters[0]).toMatchObject({
    reason: 'rejected',
    label: 'order_placed',
    customerId: 'cus_1',
    status: 400,
    field: 'attributes.email',
    partition: 1,
    deaths: 1,
  })
})

test('a list holds nothing of an event’s content', async () => {
  const { bench, die } = await setup()
  await die(0)
  const page = await listDeadLetters(bench.connection, bench.namespace)
  expect(JSON.stringify(page)).not.toContain('o-1')
})

test('pages hold every letter once, also of many that died in one millisecond', async () => {
  const { bench, die } = await setup()
  const ids: string[] = []
  for (let number = 0; number < 24; number += 1) {
    ids.push(await die(number % 3, { diedAt: number < 4 ? 1000 : 2000 }))
  }
  const pages = await pagesOf(bench, { limit: 5 })
  expect(pages.map((page) => page.length)).toEqual([5, 5, 5, 5, 4])
  expect(pages.flat().toSorted()).toEqual(ids.toSorted())
  expect(pages.flat().slice(-4).toSorted()).toEqual(ids.slice(0, 4).toSorted())
})

test('a page goes on behind its cursor when the letter there was resolved meanwhile', async () => {
  const { bench, die } = await setup(1)
  const ids: string[] = []
  for (const diedAt of [1000, 2000, 3000]) ids.push(await die(0, { diedAt }))
  const first = await listDeadLetters(bench.connection, bench.namespace, { limit: 2 })
  await bench.client.zremrangebyscore(bench.keys(0).dead, 2000, 2000)
  const second = await listDeadLetters(bench.connection, bench.namespace, { after: first!.next! })
  expect(second?.letters.map(({ id }) => id)).toEqual([ids[0]])
})

test('a filter by reason and by name finds its letters among many others', async () => {
  const { bench, die, consumerOf } = await setup(1)
  for (let number = 0; number < 5; number += 1) await die(0, { name: 'product_viewed' })
  await bench.add(0, [makeEvent('cus_1')])
  const job = await consumerOf(0).claimOne()
  await consumerOf(0).settle(job, 0, 'dead', { reason: 'oversize' })
  for (let number = 0; number < 5; number += 1) await die(0, { name: 'product_viewed' })
  expect(await pagesOf(bench, { reason: 'oversize', limit: 2 })).toHaveLength(1)
  const sizes = (await pagesOf(bench, { label: 'product_viewed', limit: 4 })).map(
    (page) => page.length,
  )
  expect(sizes).toEqual([4, 4, 2])
  expect(await pagesOf(bench, { reason: 'oversize', label: 'product_viewed' })).toEqual([[]])
})

test('a cursor that is none is refused by name', async () => {
  const { bench } = await setup()
  const list = listDeadLetters(bench.connection, bench.namespace, { after: 'page two' })
  await expect(list).rejects.toMatchObject({ code: 'RELAY_CONFIG_INVALID' })
})

test('a letter is found by its event’s id in whichever partition it lies, with its content', async () => {
  const { bench, die } = await setup()
  const id = await die(2)
  const found = await showDeadLetter(bench.connection, bench.namespace, id)
  expect(found).toHaveLength(1)
  expect(found?.[0]).toMatchObject({
    partition: 2,
    state: 'dead',
    deaths: 1,
    history: [],
    record: { id, event: { id, op: 'track', data: { order_id: 'o-1' } } },
  })
  expect(await showDeadLetter(bench.connection, bench.namespace, 'unknown')).toEqual([])
})

test('earlier deaths of the same event are its history, oldest first', async () => {
  const { bench, consumerOf } = await setup(1)
  const event = makeEvent('cus_1')
  for (const message of ['first', 'second', 'third']) {
    await bench.add(0, [event])
    const job = await consumerOf(0).claimOne()
    await consumerOf(0).settle(job, 0, 'dead', { message })
  }
  const [letter] = (await showDeadLetter(bench.connection, bench.namespace, event.id)) ?? []
  expect(letter).toMatchObject({ deaths: 3, record: { message: 'third' } })
  expect(letter?.history.map(({ message }) => message)).toEqual(['first', 'second'])
})

test('a resolved letter is not listed and still shown, with how it was resolved', async () => {
  const { bench, die, consumerOf } = await setup(1)
  const id = await die(0)
  await bench.add(0, [{ ...makeEvent('cus_1'), id }])
  const job = await consumerOf(0).claimOne()
  await consumerOf(0).settle(job, 0, 'delivered')
  expect(await pagesOf(bench, {})).toEqual([[]])
  const [letter] = (await showDeadLetter(bench.connection, bench.namespace, id)) ?? []
  expect(letter).toMatchObject({ state: 'resolved', resolvedBy: 'delivered' })
  expect(letter?.resolvedAt).toBeGreaterThan(0)
})

test('a position that could not be read is found by its job and place', async () => {
  const { bench, consumerOf } = await setup(1)
  const jobId = await bench.add(0, [makeEvent('cus_1')])
  const job = await consumerOf(0).claimOne()
  const unread = { id: `${jobId}.0`, reason: 'malformed', label: '', raw: '{"id":7}' } as const
  await consumerOf(0).settle(job, 0, 'dead', unread)
  const [letter] = (await showDeadLetter(bench.connection, bench.namespace, `${jobId}.0`)) ?? []
  expect(letter?.record).toMatchObject({ reason: 'malformed', raw: '{"id":7}' })
})
