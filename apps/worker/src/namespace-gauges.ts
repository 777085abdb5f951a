// Facts of the whole namespace for the metrics, read from Redis at each scrape, once for all gauges. While Redis is away
// they have no value: an old one would look like a calm relay.

import type { OpenNamespace, RedisClient } from '@retention-relay/queue'
import { partitionKeys } from '@retention-relay/queue'
import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

/** Facts of the namespace. */
export interface NamespaceGauges {
  /** Jobs that are not settled, of 1 to 200 events each. */
  readonly pending: number
  /** Milliseconds since the commit of the oldest undelivered event; 0 when nothing waits. */
  readonly oldestAgeMs: number
}

/** Adds the gauges. `read` gives null while Redis is away. */
export function registerNamespaceGauges(
  registry: Registry,
  read: () => Promise<NamespaceGauges | null>,
): void {
  let reading: Promise<NamespaceGauges | null> | undefined
  const readOnce = async (): Promise<NamespaceGauges | null> => {
    reading ??= read().finally(() => {
      reading = undefined
    })
    return await reading
  }
  const add = (name: string, help: string, of: (facts: NamespaceGauges) => number): void => {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const facts = await readOnce()
        if (facts === null) gauge.remove()
        else gauge.set(of(facts))
      },
    })
  }
  add(
    'relay_oldest_event_age_seconds',
    'Age of the oldest undelivered event of the namespace.',
    ({ oldestAgeMs }) => oldestAgeMs / 1000,
  )
  add(
    'relay_jobs_pending',
    'Jobs of the namespace that are not settled, of 1 to 200 events each.',
    ({ pending }) => pending,
  )
}

/** Reads the facts; null while Redis is away. */
export async function readNamespaceGauges(
  client: RedisClient,
  namespace: OpenNamespace,
): Promise<NamespaceGauges | null> {
  try {
    const partitions = Array.from({ length: namespace.partitions }, (_, partition) => partition)
    const found = await Promise.all(
      partitions.map((partition) => readPartition(client, { ...namespace, partition })),
    )
    const oldest = found.map(({ oldestAt }) => oldestAt).filter((at) => at > 0)
    return {
      pending: found.reduce((sum, { pending }) => sum + pending, 0),
      oldestAgeMs: oldest.length === 0 ? 0 : Math.max(0, Date.now() - Math.min(...oldest)),
    }
  } catch {
    return null
  }
}

async function readPartition(
  client: RedisClient,
  address: Parameters<typeof partitionKeys>[0],
): Promise<{ pending: number; oldestAt: number }> {
  const keys = partitionKeys(address)
  const [waiting, active, oldestActive, oldestWaiting] = await Promise.all([
    client.llen(keys.wait),
    client.llen(keys.active),
    client.lindex(keys.active, -1),
    client.lindex(keys.wait, -1),
  ])
  const oldest = oldestActive ?? oldestWaiting
  const timestamp =
    oldest === null ? null : await client.hget(`${keys.jobBase}${oldest}`, 'timestamp')
  return { pending: waiting + active, oldestAt: Number(timestamp ?? 0) }
}
