// Setup: for each of seven points around an answer and its settle: one partition, three customers with four events
//   each; a worker between two proxies, one towards Redis, one towards the mock.
// Timeline: the worker is killed with SIGKILL exactly at the point: a proxy holds the bytes with which it would go on.
//   Where the point says so, the held bytes arrive after its death. Another worker takes over.
// Proves: whatever the moment of the death, each event is applied once and in order, no more events arrive twice than
//   were on their way, nothing is left behind, and the durable counts add up.

import { consumeScripts } from '@retention-relay/queue'
import { startMock } from '@retention-relay/mock-customerio'
import type { Mock } from '@retention-relay/mock-customerio'
import { startFaultProxy, startTestRedis, until } from '@retention-relay/testkit'
import type { FaultProxy, Hold, TestRedis } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const CUSTOMERS = ['cus_1', 'cus_2', 'cus_3']
const PER_CUSTOMER = 4
const EVENTS = CUSTOMERS.length * PER_CUSTOMER

/** What a worker talks through. */
interface Ways {
  readonly redis: FaultProxy
  readonly destination: FaultProxy
}

/** A moment of a worker's life, and how many events may arrive twice when it dies there. */
interface Point {
  readonly name: string
  /** Resolves when a worker is there and cannot go on. */
  readonly reach: (ways: Ways, worker: ObservedWorker) => Promise<Hold>
  /** What was held arrives after the death. */
  readonly arrivesLate?: boolean
  readonly twice: number
}

const POINTS: readonly Point[] = [
  { name: 'before the request', reach: ({ redis }) => script(redis, 'delivered'), twice: 0 },
  {
    name: 'request written',
    reach: ({ destination }) => caught(destination.hold('/api/v2/batch')),
    arrivesLate: true,
    twice: CUSTOMERS.length,
  },
  {
    name: 'answer received, settle not written',
    reach: ({ redis }) => script(redis, 'settle'),
    twice: CUSTOMERS.length,
  },
  {
    name: 'settle written',
    reach: ({ redis }) => script(redis, 'settle'),
    arrivesLate: true,
    twice: 0,
  },
  {
    name: 'settle acknowledged',
    reach: async ({ redis, destination }) => {
      const first = await caught(destination.hold('/api/v2/batch'))
      // The customers' next events are looked up when the settle of the first ones is acknowledged.
      const next = script(redis, 'delivered')
      await first.release()
      return await next
    },
    twice: 0,
  },
  {
    name: 'before the requeue',
    reach: async ({ redis }, worker) => await outOfSync(redis, worker, 'requeue'),
    twice: 0,
  },
  {
    name: 'after the requeue',
    reach: async ({ redis }, worker) => await outOfSync(redis, worker, 'claim'),
    twice: 0,
  },
]

/** Holds the next call of a script. */
async function script(proxy: FaultProxy, name: string): Promise<Hold> {
  return await caught(proxy.hold(consumeScripts.find((one) => one.name === name)!.sha))
}

async function caught(hold: Hold): Promise<Hold> {
  await hold.caught
  return hold
}

/** Loses the acknowledgement of a settle, and holds what the worker does about it. */
async function outOfSync(proxy: FaultProxy, worker: ObservedWorker, next: string): Promise<Hold> {
  const settle = consumeScripts.find(({ name }) => name === 'settle')!
  await proxy.cut({ after: 'request', match: settle.sha })
  const held = script(proxy, next)
  await worker.log('consumer.out_of_sync')
  return await held
}

test('a worker that is killed around an answer doubles no more than was on its way, and the counts add up', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const seen = await Promise.all(POINTS.map((point, number) => die(point, redis, `kill-${number}`)))
  const expected = POINTS.map(({ name, twice }) => {
    return {
      name,
      applied: EVENTS,
      doubled: 0,
      inversions: 0,
      twice,
      open: 0,
      accepted: EVENTS,
      settled: EVENTS,
    }
  })
  expect(seen).toEqual(expected)
})

/** Lets a worker die at the point, and another one do the rest. */
async function die(point: Point, redis: TestRedis, namespace: string): Promise<object> {
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const partition = new PartitionOutside(redis, namespace)
  for (let sequence = 0; sequence < PER_CUSTOMER; sequence += 1)
    await partition.add(CUSTOMERS.map((id) => track(id, { relay_seq: sequence })))

  const ways = {
    redis: await startFaultProxy({ target: redis, onEnd: onTestFinished }),
    destination: await startFaultProxy({ target: mock, onEnd: onTestFinished }),
  }
  const worker = new ObservedWorker({
    ...settingsOf(namespace, mock),
    REDIS_URL: ways.redis.url(),
    CUSTOMERIO_TRACK_URL: ways.destination.url('http'),
  })
  const hold = await point.reach(ways, worker)
  await worker.process.kill('SIGKILL')
  if (point.arrivesLate === true) await hold.release()
  return { name: point.name, ...(await takeOver(redis, partition, mock, namespace)) }
}

async function takeOver(
  redis: TestRedis,
  partition: PartitionOutside,
  mock: Mock,
  namespace: string,
): Promise<object> {
  const successor = new ObservedWorker({ ...settingsOf(namespace, mock), REDIS_URL: redis.url })
  const settled = async (): Promise<number> => {
    const { delivered = 0, duplicate = 0 } = await partition.counters()
    return delivered + duplicate
  }
  await until(settled, { accept: (events) => events >= EVENTS, timeoutMs: 40_000, what: namespace })
  expect(await successor.process.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  const { applied, doubled, inversions, duplicates: twice } = mock.summary()
  const { accepted } = await partition.counters()
  const open = await partition.open()
  return { applied, doubled, inversions, twice, open, accepted, settled: await settled() }
}
