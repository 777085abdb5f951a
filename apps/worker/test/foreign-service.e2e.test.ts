// A service in another language, which knows docs/job-format.md and nothing else of the relay: every key, command, script,
// option and field below is taken from the document, and a stock BullMQ Queue adds the job.
//
// Setup: an empty Redis, no worker. A checkout of the document's order waits, told by another service.
// Timeline: the document's steps 1 to 4; then a worker starts.
// Proves: the document's order is delivered, once, though its job is added twice; its tombstones hold back the checkout.

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { readDocument, readTable } from './documents.ts'
import { PartitionOutside } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const text = readDocument('docs/job-format.md')

/** The document's blocks of a language, in order. */
function blocks(language: string): string[] {
  const found = text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))
  return Array.from(found, ([, block = '']) => block)
}

interface Step {
  readonly queue: string
  readonly prefix: string
  readonly name: string
  readonly options: { readonly jobId: string }
}

interface Example {
  readonly ns: string
  readonly events: readonly { readonly id: string; readonly [field: string]: unknown }[]
}

const [step, example] = blocks('json').map((block) => JSON.parse(block) as unknown) as [
  Step,
  Example,
]
const [openSettings = '', bury = ''] = blocks('lua')

/** Steps 1 to 3, for an event of this time. */
async function prepare(redis: Redis, occurredAt: number): Promise<unknown> {
  const settings = await redis.eval(openSettings, 1, `{relay:${example.ns}}:config`, 1, 16)
  const [, command = ''] = /```\n(HSETNX .*)\n```/.exec(text) ?? []
  const [name = '', ...words] = command.split(' ')
  await redis.call(name, ...words)
  const [, ttlMs = ''] = /(\d+) ms with the shipped plan/.exec(text) ?? []
  for (const [, , , key = ''] of readTable(text, 'namespace    | name           | scope')) {
    await redis.eval(bury, 1, key, occurredAt, example.events[0]?.id ?? '', ttlMs)
  }
  return settings
}

test('a job that is added from the document alone is delivered, and what its order closes is not', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const client = new Redis({ path: redis.socketPath })
  onTestFinished(() => client.disconnect())
  const occurredAt = Date.now()
  const [order] = example.events.map((event) => ({ ...event, occurredAt }))
  const checkout = {
    ...order,
    id: '01HK153X00M7H9RTVNQJ7C1QVC',
    occurredAt: occurredAt - 1000,
    name: 'checkout_started',
    data: {
      checkout_id: 'co-7310',
      items: [{ product_id: 'p-1', name: 'Coffee', quantity: 1, unit_price: 19.9 }],
      value: 19.9,
      currency: 'EUR',
    },
  }

  expect(await prepare(client, occurredAt)).toEqual(['1', '16'])
  const queue = new Queue(step.queue, {
    prefix: step.prefix,
    connection: { path: redis.socketPath },
    streams: { events: { maxLen: 0 } },
  })
  onTestFinished(() => queue.close())
  await queue.add('events-1', { ...example, events: [checkout] })
  await queue.add(step.name, { ...example, events: [order] }, step.options)
  await queue.add(step.name, { ...example, events: [order] }, step.options)
  const partition = new PartitionOutside(redis, example.ns, 15)
  expect(await partition.open()).toBe(2)

  const settings = { ...settingsOf(example.ns, mock), RELAY_PARTITIONS: undefined }
  const worker = new ObservedWorker({ ...settings, REDIS_URL: redis.url })
  await until(() => partition.open(), { accept: (jobs) => jobs === 0, what: 'no jobs' })
  expect(mock.received()).toMatchObject([{ id: order?.id, name: 'order_placed' }])
  expect(await partition.deadLetters()).toMatchObject([
    { id: checkout.id, reason: 'superseded', label: 'checkout_started' },
  ])
  expect(await client.xlen(`${step.prefix}:${step.queue}:events`)).toBe(0)
  expect((await worker.readiness()).ready).toBe(true)
})
