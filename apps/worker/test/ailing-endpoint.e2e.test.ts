// Endpoints that fail for one event, or refuse in words that are not Customer.io's own: one that answers 500 to a poison
// event, a firewall that objects to one event, one that refuses everything, one that fails every second request. At most
// the event that is to blame dies, whatever stands beside it, and what comes after it of the same customer is delivered in
// order. Side by side: each endpoint is mostly waited for.

import { startMock } from '@retention-relay/mock-customerio'
import type { Fault, Mock } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import type { TestEnd } from '@retention-relay/testkit'
import { afterAll, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const redis = await startTestRedis({ onEnd: afterAll })
const CUSTOMERS = Array.from({ length: 4 }, (_, number) => `cus_${number}`)
const HTML = '<html><body>Request blocked</body></html>'
const ROUNDS = 8
let namespaces = 0

interface Bundle {
  readonly mock: Mock
  readonly worker: ObservedWorker
  readonly partition: PartitionOutside
}

async function setup(onEnd: TestEnd): Promise<Bundle> {
  const namespace = `ailing-${(namespaces += 1)}`
  const mock = await startMock()
  onEnd(() => mock.close())
  const partition = new PartitionOutside(redis, namespace, 0, onEnd)
  const settings = { ...settingsOf(namespace, mock), REDIS_URL: redis.url }
  const worker = new ObservedWorker(settings, onEnd)
  await worker.untilReady()
  return { mock, worker, partition }
}

/** One event of each customer, with their place in the order. */
async function addRound(partition: PartitionOutside, sequence: number): Promise<void> {
  await partition.add(CUSTOMERS.map((customer) => track(customer, { relay_seq: sequence })))
}

function refusal(status: number): Fault & { kind: 'answer' } {
  return { kind: 'answer', status, body: HTML, contentType: 'text/html' }
}

async function gone(partition: PartitionOutside, events: number): Promise<void> {
  await until(() => partition.counters(), {
    accept: ({ delivered = 0, duplicate = 0 }) => delivered + duplicate === events,
    timeoutMs: 60_000,
    what: `${events} delivered events`,
  })
}

// First, since it takes longest: ten failures alone, each waited for longer than the one before.
test.concurrent('an event that makes Customer.io fail dies alone; its neighbours and its own customer go on', async ({
  expect,
  onTestFinished,
}) => {
  const { mock, worker, partition } = await setup(onTestFinished)
  mock.fault({ kind: 'answer', status: 500, match: { eventName: 'poison' } })
  const poison = { ...track('cus_poison'), name: 'poison' }
  const behind = track('cus_poison')
  const neighbours = Array.from({ length: 20 }, (_, index) => track(`cus_${index}`))
  await partition.add([...neighbours.slice(0, 7), poison, behind, ...neighbours.slice(7)])
  await mock.waitFor(({ applied }) => applied === neighbours.length)
  expect(await partition.deadLetters()).toEqual([])

  let live = 0
  const letters = await until(
    async () => {
      await partition.add([track(`live_${(live += 1)}`)])
      return await partition.deadLetters()
    },
    { accept: ({ length }) => length > 0, timeoutMs: 120_000 },
  )
  expect(letters).toMatchObject([{ id: poison.id, reason: 'exhausted', maybeDelivered: false }])
  await mock.waitFor(({ applied }) => applied === neighbours.length + 1 + live)
  expect(mock.received('cus_poison').map(({ id }) => id)).toEqual([behind.id])
  await until(() => partition.counters(), { accept: ({ delivered }) => delivered === 21 + live })
  expect(await partition.counters()).toMatchObject({ dead: 1, delivered: 21 + live })
  expect((await worker.metrics()).get('relay_events_dead_total{reason="exhausted"}')).toBe(1)
})

test.concurrent.for([400, 403])(
  'an event that is answered %i alone dies alone',
  async (status, { expect, onTestFinished }) => {
    const { mock, partition } = await setup(onTestFinished)
    mock.fault({ ...refusal(status), match: { path: '/api/v2/batch', eventName: 'cursed' } })
    const cursed = { ...track('cus_2', { relay_seq: 1 }), name: 'cursed' }
    await addRound(partition, 0)
    await partition.add([cursed])
    for (const sequence of [2, 3]) await addRound(partition, sequence)

    // Its own customer waits behind it; the others go on, and are the evidence.
    let live = 0
    await until(
      async () => {
        await partition.add([track(`live_${(live += 1)}`)])
        return await partition.deadLetters()
      },
      { accept: ({ length }) => length > 0, timeoutMs: 60_000 },
    )
    await gone(partition, 3 * CUSTOMERS.length + live)
    await until(() => partition.open(), { accept: (jobs) => jobs === 0, what: 'no jobs' })
    expect(await partition.deadLetters()).toMatchObject([{ id: cursed.id, reason: 'rejected' }])
    expect(mock.summary()).toMatchObject({
      applied: 3 * CUSTOMERS.length + live,
      duplicates: 0,
      inversions: 0,
      overlaps: 0,
    })
    expect(mock.received('cus_2')).toHaveLength(3)
  },
)

test.concurrent('an endpoint that answers HTML 400 to everything kills nothing, and it is said', async ({
  expect,
  onTestFinished,
}) => {
  const { mock, worker, partition } = await setup(onTestFinished)
  const endFault = mock.fault({ ...refusal(400), match: { path: '/api/v2/batch' } })
  await partition.add(['cus_1', 'cus_2'].map((customer) => track(customer, { relay_seq: 0 })))
  await partition.add(['cus_1', 'cus_2'].map((customer) => track(customer, { relay_seq: 1 })))
  // The batch, its halves, and each half again.
  await mock.waitFor(({ faulted }) => faulted >= 5)
  await worker.untilMetric('relay_paused{reason="refuses_everything"}', 1)
  expect(await partition.counters()).toEqual({ accepted: 4 })

  endFault()
  await gone(partition, 4)
  expect(await partition.deadLetters()).toEqual([])
  expect(mock.summary()).toMatchObject({ received: 4, applied: 4, inversions: 0, overlaps: 0 })
  await worker.untilMetric('relay_paused{reason="refuses_everything"}', 0)
})

const EVERY_SECOND: readonly (readonly [string, Fault])[] = [
  ['500', { kind: 'answer', status: 500 }],
  ['HTML 400', refusal(400)],
  ['HTML 403', refusal(403)],
  ['a reset after it was applied', { kind: 'reset-after' }],
]

test.concurrent.for(EVERY_SECOND)(
  '%s for every second request kills nothing',
  async ([, fault], { expect, onTestFinished }) => {
    const { mock, partition } = await setup(onTestFinished)
    mock.fault({ ...fault, every: 2, match: { path: '/api/v2/batch' } })
    for (let sequence = 0; sequence < ROUNDS; sequence += 1) await addRound(partition, sequence)
    const settled = async (): Promise<number> => {
      const { delivered = 0, duplicate = 0, dead = 0 } = await partition.counters()
      return delivered + duplicate + dead
    }
    const events = ROUNDS * CUSTOMERS.length
    await until(settled, { accept: (count) => count === events, timeoutMs: 60_000 })
    expect(await partition.deadLetters()).toEqual([])
    expect(mock.summary()).toMatchObject({ applied: events, inversions: 0, overlaps: 0 })
  },
)
