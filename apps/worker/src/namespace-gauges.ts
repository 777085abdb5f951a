// Facts of the whole namespace for the metrics, read from Redis at each scrape, once for all gauges. While Redis is away
// they have no value: an old one would look like a calm relay.

import { countEvents, readPartition } from '@retention-relay/queue'
import type { OpenNamespace, PartitionSnapshot, ScriptRunner } from '@retention-relay/queue'
import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

/** Microseconds of a second. */
const MILLION = 1_000_000

/** Facts of the namespace. */
export interface NamespaceGauges {
  /** Events that are not settled, replayed ones too; of very many waiting jobs an estimate. */
  readonly pending: number
  /** Milliseconds since the commit of the oldest undelivered event; 0 when nothing waits. */
  readonly oldestAgeMs: number
  readonly namespace: string
  /** When it was set up, in seconds since 1970. */
  readonly createdAtS: number
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
    'relay_events_pending',
    'Events of the namespace that are not settled; of very many waiting jobs an estimate.',
    ({ pending }) => pending,
  )
  addCreated(registry, readOnce)
}

/** Named by its namespace: two of them in one Prometheus are no change of one. */
function addCreated(registry: Registry, read: () => Promise<NamespaceGauges | null>): void {
  const gauge: Gauge<'namespace'> = new Gauge({
    name: 'relay_namespace_created_seconds',
    help: 'When the namespace was set up, since 1970; another time after Redis has lost it.',
    labelNames: ['namespace'],
    registers: [registry],
    async collect() {
      const facts = await read()
      gauge.reset()
      if (facts !== null) gauge.set({ namespace: facts.namespace }, facts.createdAtS)
    },
  })
}

/** Reads the facts; null while Redis is away. The runner must have loaded `statusScripts`. */
export async function readNamespaceGauges(
  runner: ScriptRunner,
  namespace: OpenNamespace,
): Promise<NamespaceGauges | null> {
  try {
    const partitions = Array.from({ length: namespace.partitions }, (_, partition) => partition)
    const read = partitions.map((partition) => readPartition(runner, { ...namespace, partition }))
    const snapshots = await Promise.all(read)
    return {
      pending: snapshots.reduce((sum, snapshot) => sum + pendingOf(snapshot), 0),
      oldestAgeMs: Math.max(...snapshots.map((snapshot) => oldestAgeOf(snapshot))),
      namespace: namespace.namespace,
      createdAtS: Number(namespace.createdAt) / MILLION,
    }
  } catch {
    return null
  }
}

function pendingOf(snapshot: PartitionSnapshot): number {
  const { claimed, unclaimed } = snapshot
  const read = [claimed.events + claimed.replays, unclaimed.events + unclaimed.replays] as const
  return countEvents(snapshot, ...read).events
}

function oldestAgeOf({ oldestCommittedAt, takenAt }: PartitionSnapshot): number {
  return oldestCommittedAt === 0 ? 0 : Math.max(0, takenAt - oldestCommittedAt)
}
