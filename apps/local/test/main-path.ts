// What the tests of the main path share: producers and workers as processes, and the durable counts in Redis.

import { fileURLToPath } from 'node:url'

import type { Mock } from '@retention-relay/mock-customerio'
import { namespaceKeys, partitionKeys } from '@retention-relay/queue'
import type { TestEnd, TestProcess } from '@retention-relay/testkit'
import { startProcess } from '@retention-relay/testkit'
import type { Redis } from 'ioredis'

const WORKER = fileURLToPath(new URL('../../worker/dist/main.js', import.meta.url))
const SHOP = fileURLToPath(new URL('shop-process.mjs', import.meta.url))
const PLAN = fileURLToPath(new URL('shop-plan.mjs', import.meta.url))

/** Namespace of the tests. */
export const NAMESPACE = 'test'

/** What a producer process sends. */
export interface ShopOrder {
  readonly redisUrl: string
  /** Of the ids of its customers. */
  readonly prefix: string
  readonly customers: number
  readonly perCustomer: number
  /** Sends this one order `perCustomer` times instead of numbered events. */
  readonly orderId?: string
  /** Calls at once. Default 50. */
  readonly atOnce?: number
  /** Pause before a call is tried again. Default 20. */
  readonly retryMs?: number
  /** Default that of the producer. */
  readonly maxPendingEvents?: number
}

/** One line of a producer process. */
export interface ShopFact {
  readonly started?: true
  readonly finished?: true
  /** With `finished`: most calls that waited for an answer at the end of a turn. */
  readonly mostWaiting?: number
  /** Id of an acknowledged event. */
  readonly acknowledged?: string
  /** Code of a call that was not acknowledged. */
  readonly failed?: string
  readonly id?: string
  readonly customerId?: string
  readonly sequence?: number
}

/** Starts a producer process. */
export function startShop(order: ShopOrder, onEnd: TestEnd): TestProcess {
  return startProcess({
    script: SHOP,
    args: [JSON.stringify({ namespace: NAMESPACE, ...order })],
    onEnd,
  })
}

/** What a producer process has told so far. */
export function factsOf(shop: TestProcess): ShopFact[] {
  return shop.stdout.map((line) => JSON.parse(line) as ShopFact)
}

/** Starts the worker app and waits until it runs. */
export async function startWorker(
  redisUrl: string,
  mock: Mock,
  onEnd: TestEnd,
): Promise<TestProcess> {
  const { siteId, apiKey } = mock.settings
  const worker = startProcess({
    script: WORKER,
    onEnd,
    env: {
      REDIS_URL: redisUrl,
      RELAY_NAMESPACE: NAMESPACE,
      RELAY_RATE_LIMIT: '1000',
      RELAY_TRACKING_PLAN: PLAN,
      RELAY_HTTP_PORT: '0',
      CUSTOMERIO_SITE_ID: siteId,
      CUSTOMERIO_API_KEY: apiKey,
      CUSTOMERIO_TRACK_URL: mock.url,
      LOG_LEVEL: 'info',
    },
  })
  await worker.waitForLine(/worker\.started/)
  return worker
}

/** The durable counters of all partitions, and the jobs that are not finished. */
export async function durableCounts(client: Redis): Promise<Record<string, number>> {
  const counts: Record<string, number> = { openJobs: 0 }
  const partitions = Number(await client.hget(namespaceKeys(NAMESPACE).config, 'partitions'))
  for (let partition = 0; partition < partitions; partition += 1) {
    const keys = partitionKeys({ namespace: NAMESPACE, generation: 1, partition })
    counts['openJobs']! += (await client.llen(keys.wait)) + (await client.llen(keys.active))
    for (const [name, count] of Object.entries(await client.hgetall(keys.counters))) {
      counts[name] = (counts[name] ?? 0) + Number(count)
    }
  }
  return counts
}
