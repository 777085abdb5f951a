// A namespace with what its workers have seen of its events, stored as they do.

import { EventProfile, planHash } from '@retention-relay/events'
import type { TrackingPlan } from '@retention-relay/events'
import {
  createRedisClient,
  driftScripts,
  namespaceKeys,
  openNamespace,
  ScriptRunner,
  storeProfile,
  storeShapes,
  storeWatchedPlan,
} from '@retention-relay/queue'
import { startTestRedis } from '@retention-relay/testkit'
import { onTestFinished } from 'vitest'

import { runRelay } from './run-relay.ts'
import type { Ended } from './run-relay.ts'

/** The namespace. */
export interface SeenEvents {
  /** Runs the relay command there; `env` is added to its own environment. */
  readonly run: (words: string, env?: Readonly<Record<string, string>>) => Promise<Ended>
  /** Stores so many `cart_updated` with this data. */
  readonly see: (count: number, data: Record<string, unknown>, producer?: string) => Promise<void>
  /** What workers with this plan do. */
  readonly watchBy: (plan: TrackingPlan) => Promise<void>
  readonly seeShape: (shape: string, count: number) => Promise<void>
}

/** Data that the shipped plan takes. */
export const CART = { cart_id: 'c-1', items: [], value: 19.9, currency: 'EUR' }

/** A new one, for the test that runs. */
export async function seenEvents(): Promise<SeenEvents> {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = createRedisClient(redis.url, { name: 'test' })
  onTestFinished(() => client.disconnect())
  await new Promise<void>((resolve) => {
    client.once('ready', () => resolve())
  })
  await openNamespace(client, { namespace: 'staging', partitions: 1 })
  const keys = namespaceKeys('staging')
  const runner = new ScriptRunner(client, driftScripts)
  await runner.load()
  const own = { REDIS_URL: redis.url, RELAY_NAMESPACE: 'staging' }
  return {
    run: async (words, env = {}) => await runRelay(words.split(' '), { env: { ...own, ...env } }),
    see: async (count, data, producer = 'unknown') => {
      const profile = new EventProfile()
      for (let n = 0; n < count; n += 1) profile.add(data)
      await storeProfile(runner, keys, { name: 'cart_updated', producer, profile })
    },
    watchBy: async (plan) => await storeWatchedPlan(runner, keys, planHash(plan)),
    seeShape: async (shape, count) => await storeShapes(runner, keys, new Map([[shape, count]])),
  }
}
