// Setup: a producer, the worker as a process, a real Redis, and the mock Customer.io, which refuses what Customer.io
//   refuses. Payloads are drawn from a seed by the exported schemas: half of them valid, half with one fault.
// Timeline: all of them are handed to the producer; the broken ones are also put into the queue by hand, as a service in
//   another language would that does not check.
// Proves: no valid event is refused by us, no broken one is stored by the producer or sent by the worker, and Customer.io
//   refuses nothing.

import {
  createUlidSource,
  eventDefinitions,
  exportedSchemaOf,
  jobName,
  partitionOf,
  retentionPlan,
} from '@retention-relay/events'
import type { DeadLetterRecord, JsonSchema, RelayEvent } from '@retention-relay/events'
import { startMock } from '@retention-relay/mock-customerio'
import { createProducer } from '@retention-relay/producer'
import type { EnqueueInput } from '@retention-relay/producer'
import { partitionKeys, QUEUE_NAME } from '@retention-relay/queue'
import { Random, spoiltValue, startTestRedis, until, validValue } from '@retention-relay/testkit'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { durableCounts, NAMESPACE, startWorker } from './main-path.ts'

const EVENTS = 100_000
/** Of the broken ones, so many are put into the queue by hand. */
const BY_HAND = 1_000
const CUSTOMERS = 5_000
const BATCH = 1_000
const PARTITIONS = 16
const SEED = 6

const schemas: readonly (readonly [string, JsonSchema])[] = [
  ...eventDefinitions(retentionPlan).map(
    ({ name, schema }) => [name, exportedSchemaOf(schema)] as const,
  ),
  ['identify', exportedSchemaOf(retentionPlan.attributes.schema)],
]

interface Drawn {
  readonly entry: EnqueueInput<typeof retentionPlan>
  readonly isValid: boolean
}

function draw(random: Random): Drawn {
  const [name, schema] = random.pick(schemas)
  const valid = validValue(schema, random)
  const isValid = random.chance(0.5)
  const payload = isValid ? valid : spoiltValue(schema, valid, random).value
  const customerId = `cus_${random.whole(1, CUSTOMERS)}`
  const entry =
    name === 'identify'
      ? { op: 'identify', customerId, attributes: payload }
      : { op: 'track', customerId, name, data: payload }
  // What is drawn is not of the plan's types.
  return { entry: entry as EnqueueInput<typeof retentionPlan>, isValid }
}

test('of 100,000 events, valid and broken, Customer.io refuses none and we refuse no valid one', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = new Redis(redis.socketPath, { maxRetriesPerRequest: null })
  onTestFinished(() => client.disconnect())
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const relay = await createProducer({ namespace: NAMESPACE, redis: redis.url })
  onTestFinished(() => relay.close())
  const worker = await startWorker(redis.url, mock, onTestFinished)

  const random = new Random(SEED, 'fuzz')
  const broken: Drawn[] = []
  let accepted = 0
  for (let drawn = 0; drawn < EVENTS; drawn += BATCH) {
    const batch = Array.from({ length: BATCH }, () => draw(random))
    const results = await relay.enqueue(batch.map(({ entry }) => entry))
    const wrong = results.flatMap((result, index) => {
      const { isValid, entry } = batch[index]!
      const code = result.ok ? 'stored' : result.error.code
      return code === (isValid ? 'stored' : 'RELAY_EVENT_INVALID') ? [] : [{ entry, code }]
    })
    expect(wrong).toEqual([])
    accepted += batch.filter(({ isValid }) => isValid).length
    if (broken.length < BY_HAND) broken.push(...batch.filter(({ isValid }) => !isValid))
  }
  const byHand = broken.slice(0, BY_HAND)
  await putByHand(client, byHand)

  const { delivered, duplicate } = await until(() => durableCounts(client), {
    accept: (counts) => counts['openJobs'] === 0 && counts['accepted'] === accepted + BY_HAND,
    timeoutMs: 120_000,
  })
  const { invalid = 0, malformed = 0, superseded = 0, ...others } = await deadByReason(client)
  expect(others).toEqual({})
  // Malformed: no object where the job format has one.
  expect(invalid + malformed).toBe(BY_HAND)
  // A drawn order closes carts and checkouts that were drawn before it.
  expect(delivered! + (duplicate ?? 0) + superseded).toBe(accepted)
  const { rejected, faulted, inversions, applied, duplicates } = mock.summary()
  expect({ rejected, faulted, inversions }).toEqual({ rejected: 0, faulted: 0, inversions: 0 })
  // One drawn order under two customers has one id.
  expect(applied + duplicates).toBe(delivered)
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})

async function deadByReason(client: Redis): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const { dead } = partitionKeys({ namespace: NAMESPACE, generation: 1, partition })
    const members = await client.zrange(dead, '0', '-1')
    const records = members.map((member) => client.hget(`${dead}:${member}`, 'record'))
    for (const record of await Promise.all(records)) {
      const { reason } = JSON.parse(record!) as DeadLetterRecord
      counts[reason] = (counts[reason] ?? 0) + 1
    }
  }
  return counts
}

/** As a service that writes jobs without a check. */
async function putByHand(client: Redis, drawn: readonly Drawn[]): Promise<void> {
  const nextUlid = createUlidSource()
  const byPartition = new Map<number, RelayEvent[]>()
  for (const { entry } of drawn) {
    const event = { id: nextUlid(), occurredAt: Date.now(), ...entry } as unknown as RelayEvent
    const partition = partitionOf(event.customerId, PARTITIONS)
    byPartition.set(partition, [...(byPartition.get(partition) ?? []), event])
  }
  for (const [partition, events] of byPartition) {
    const { prefix } = partitionKeys({ namespace: NAMESPACE, generation: 1, partition })
    const queue = new Queue(QUEUE_NAME, { prefix, connection: client })
    await Promise.all(
      events.map((event) => queue.add(jobName(1), { v: 1, ns: NAMESPACE, events: [event] })),
    )
    await queue.close()
  }
}
