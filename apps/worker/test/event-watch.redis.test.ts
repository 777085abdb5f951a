// The watch of a worker against a Redis that comes and goes, on a clock that the test moves.

import { systemClock } from '@retention-relay/delivery'
import type { Clock } from '@retention-relay/delivery'
import type { FirstOperation, RelayEvent } from '@retention-relay/events'
import {
  awaitRedis,
  createRedisClient,
  driftScripts,
  namespaceKeys,
  readProfiles,
  readShapes,
  readWatchedPlan,
  ScriptRunner,
} from '@retention-relay/queue'
import { startTestRedis } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { EventWatch } from '../src/event-watch.ts'
import { track } from './jobs.ts'

/** A clock whose sleeps end when the test says so. */
class SteppedClock implements Clock {
  readonly monotonic = (): number => systemClock.monotonic()
  readonly wall = (): number => systemClock.wall()
  #wake: () => void = () => undefined
  #asleep: () => void = () => undefined
  #sleeping = new Promise<void>((resolve) => (this.#asleep = resolve))

  sleep(_delayMs: number, signal: AbortSignal): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    this.#asleep()
    return woken
  }

  /** Ends the sleep; resolves when what follows it is done, and the next one begins. */
  async step(): Promise<void> {
    await this.#sleeping
    this.#sleeping = new Promise<void>((resolve) => (this.#asleep = resolve))
    this.#wake()
    await this.#sleeping
  }
}

async function setup() {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = createRedisClient(redis.url, { name: 'test' })
  onTestFinished(() => client.disconnect())
  await awaitRedis(client, { timeoutMs: 5000 })
  const runner = new ScriptRunner(client, driftScripts)
  await runner.load()
  const clock = new SteppedClock()
  const newCustomers: Readonly<Record<FirstOperation, number>>[] = []
  const watch = new EventWatch({
    runner,
    namespace: 'watched',
    planHash: '0123456789ab',
    clock,
    unwatched: (events) => expect(events).toBe(0),
    newCustomers: (counts) => newCustomers.push(counts),
  })
  const running = watch.run()
  const see = (events: readonly RelayEvent[], producer?: string, claims = 1): void =>
    watch.observer.decoded?.(
      events.map((event) => ({ event })),
      producer,
      claims,
    )
  const keys = namespaceKeys('watched')
  const seen = async () => {
    const profiles = await readProfiles(client, keys)
    const shapes = await readShapes(client, keys)
    return {
      profiles: profiles.map(({ producer, name, seen: count }) => `${producer} ${name} ${count}`),
      shapes: shapes.map(({ shape, events }) => `${shape} ${events}`),
    }
  }
  return { redis, client, runner, clock, watch, running, newCustomers, see, seen }
}

test('a Redis that is away delays what was seen, and nothing of it is lost', async () => {
  const { redis, client, runner, clock, see, seen, watch, running } = await setup()
  see([track('1'), track('2')], 'shop@1')
  await clock.step()
  expect(await seen()).toEqual({ profiles: ['shop@1 order_placed 2'], shapes: ['integer 2'] })

  await redis.kill()
  see([track('3')], 'shop@1')
  await clock.step()
  see([track('gid://shopify/Customer/4')])
  await clock.step()
  await redis.restart()
  await awaitRedis(client, { timeoutMs: 5000 })
  await runner.load()
  await clock.step()
  const { profiles, shapes } = await seen()
  expect(profiles.toSorted()).toEqual(['shop@1 order_placed 3', 'unknown order_placed 1'])
  expect(shapes).toEqual(['integer 3', 'gid://shopify/Customer/* 1'])
  await watch.stop()
  await running
})

test('an event that is held through an outage and restarts is one event', async () => {
  const { see, seen, watch, running } = await setup()
  for (const claims of [1, 2, 3, 4]) see([track('gid://shopify/Customer/4')], 'shop@1', claims)
  await watch.stop()
  await running
  expect(await seen()).toEqual({
    profiles: ['shop@1 order_placed 1'],
    shapes: ['gid://shopify/Customer/* 1'],
  })
})

test('the customer that somebody is merged into has a shape too', async () => {
  const { see, seen, watch, running } = await setup()
  const merge = { op: 'merge', primaryId: 'gid://shopify/Customer/4' } as const
  const { id, occurredAt } = track('4')
  see([{ ...merge, id, occurredAt, customerId: '4' }])
  await watch.stop()
  expect((await seen()).shapes.toSorted()).toEqual(['gid://shopify/Customer/* 1', 'integer 1'])
  await running
})

test('what was seen last is there after a stop', async () => {
  const { client, see, seen, watch, running } = await setup()
  see([track('1')])
  await watch.stop()
  await running
  expect(await readWatchedPlan(client, namespaceKeys('watched'))).toBe('0123456789ab')
  expect((await seen()).profiles).toEqual(['unknown order_placed 1'])
})

test('a customer is new with the first operation alone', async () => {
  const { clock, see, watch, running, newCustomers } = await setup()
  const customers = Array.from({ length: 100 }, (_, n) => `cus_${n}`)
  see(customers.map((customer) => track(customer)))
  await clock.step()
  see(
    customers.map((customer) => ({ ...track(customer), op: 'identify', attributes: {} }) as const),
  )
  await clock.step()
  await watch.stop()
  await running
  const [first, ...later] = newCustomers
  expect(first!.track).toBeGreaterThan(0)
  expect(first).toMatchObject({ identify: 0, other: 0 })
  for (const counts of later) expect(counts).toEqual({ track: 0, identify: 0, other: 0 })
})
