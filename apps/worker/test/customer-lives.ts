// Customers of whom the relay is told everything that there is to tell, in an order that shows at the mock: tracks and
// identifies, which are deduplicated somewhere, between profile operations, which nothing deduplicates and which go alone. What the mock
// applied for a customer must be that life, operation for operation. The jobs hold two events each of two
// customers, so that a job is settled in parts.

import { createUlidSource, partitionOf } from '@retention-relay/events'
import type { RelayEvent } from '@retention-relay/events'
import type { Mock } from '@retention-relay/mock-customerio'

import type { PartitionOutside } from './jobs.ts'

/** A customer's operations in their order. */
export type Life = readonly RelayEvent[]

const nextUlid = createUlidSource()

/** Lives of so many customers, by customer id. */
export function makeLives(customers: number): ReadonlyMap<string, Life> {
  const ids = Array.from({ length: customers }, (_, number) => `cus_${number}`)
  return new Map(ids.map((id) => [id, lifeOf(id)]))
}

function lifeOf(customerId: string): Life {
  const base = (): Pick<RelayEvent, 'id' | 'customerId' | 'occurredAt'> => {
    return { id: nextUlid(), customerId, occurredAt: Date.now() }
  }
  const track = (sequence: number): RelayEvent => {
    return { ...base(), op: 'track', name: 'product_viewed', data: { relay_seq: sequence } }
  }
  const identify = (tier: string): RelayEvent => {
    return { ...base(), op: 'identify', attributes: { vip_tier: tier } }
  }
  const device = { token: `token-${customerId}`, platform: 'ios' } as const
  return [
    track(0),
    identify('silver'),
    { ...base(), op: 'add_device', device },
    track(1),
    { ...base(), op: 'delete_device', device },
    track(2),
    identify('gold'),
    { ...base(), op: 'delete' },
    track(3),
    { ...base(), op: 'merge', primaryId: `${customerId}_primary` },
    { ...base(), op: 'unsuppress' },
    { ...base(), op: 'suppress' },
  ]
}

/** Adds the lives as jobs of four events to the partitions, which are all of their namespace. */
export async function addLives(
  lives: ReadonlyMap<string, Life>,
  partitions: readonly PartitionOutside[],
): Promise<void> {
  const byPartition = partitions.map((_, number) =>
    [...lives.values()].filter((life) => {
      return partitionOf(life[0]!.customerId, partitions.length) === number
    }),
  )
  await Promise.all(
    partitions.map(async (partition, number) => {
      for (const events of jobsOf(byPartition[number]!)) await partition.add(events)
    }),
  )
}

/** Two events of each of two customers in a job; all customers' first events before the second ones. */
function jobsOf(lives: readonly Life[]): RelayEvent[][] {
  const jobs: RelayEvent[][] = []
  for (let place = 0; place < (lives[0]?.length ?? 0); place += 2) {
    for (let first = 0; first < lives.length; first += 2) {
      jobs.push(lives.slice(first, first + 2).flatMap((life) => life.slice(place, place + 2)))
    }
  }
  return jobs
}

/** Lives as told, in words: the action, and of a track its id. */
export function told(lives: ReadonlyMap<string, Life>): Record<string, string[]> {
  return Object.fromEntries(
    [...lives].map(([customerId, life]) => [
      customerId,
      life.map(({ op, id }) => (op === 'track' ? `event ${id}` : op)),
    ]),
  )
}

/** The same customers' lives as the mock received them, in the same words; a track that it had before is left out. */
export function lived(lives: ReadonlyMap<string, Life>, mock: Mock): Record<string, string[]> {
  return Object.fromEntries(
    [...lives.keys()].map((customerId) => [
      customerId,
      mock
        .received(customerId)
        .filter(({ duplicate }) => !duplicate)
        .map(({ action, id }) => (id === null ? action : `${action} ${id}`)),
    ]),
  )
}
