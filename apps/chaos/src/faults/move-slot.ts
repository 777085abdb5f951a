// Moves the slot of a partition to another master of the Cluster while everybody works on it, as an operator who
// rebalances does: both sides are told, the keys are carried over in groups that the seed draws, with work going on in
// between, and then all masters are told.

import { keySlot, partitionKeys } from '@retention-relay/queue'
import { Random } from '@retention-relay/testkit'
import { Redis } from 'ioredis'

import { NAMESPACE } from '../stage/stage.ts'
import { last } from './fault-action.ts'
import type { FaultAction } from './fault-action.ts'

const MOST_KEYS = 10_000
const MIGRATE_MS = 5000
/** Most groups but the last. */
const MOST_GROUPS = 8

/** A master and the direct connection to it. */
interface Master {
  readonly id: string
  readonly port: number
  readonly client: Redis
}

/** Moves it; for the time some of its keys are here and some there. */
export const moveSlot: FaultAction = async (stage, { atMs, forMs, amount }) => {
  const partition = amount % stage.schedule.partitions
  const slot = keySlot(partitionKeys({ namespace: NAMESPACE, generation: 1, partition }).prefix)
  const clients = stage.redis.nodes.map(({ port = 0 }) => ({ port, client: new Redis(port) }))
  try {
    const masters = await mastersOf(clients)
    const source = await ownerOf(masters, slot)
    const target = masters.find((master) => master !== source)
    if (source === undefined || target === undefined) return 'skipped'
    stage.timeline.note('redis', `the slot of partition ${partition} moves to port ${target.port}`)
    const random = new Random(stage.schedule.seed, `slot-${atMs}`)
    await carryOver({ slot, source, target, random, pause: (share) => last(stage, share * forMs) })
    for (const { client } of [target, source, ...masters]) {
      await client.cluster('SETSLOT', slot, 'NODE', target.id)
    }
    stage.timeline.note('redis', `the slot of partition ${partition} has moved`)
    return undefined
  } finally {
    for (const { client } of clients) client.disconnect()
  }
}

async function mastersOf(
  nodes: readonly { readonly port: number; readonly client: Redis }[],
): Promise<Master[]> {
  const all = await Promise.all(
    nodes.map(async ({ port, client }) => {
      const role = await client.role()
      return { port, client, id: await client.cluster('MYID'), isMaster: role[0] === 'master' }
    }),
  )
  return all.filter(({ isMaster }) => isMaster)
}

/** Who serves the slot. */
async function ownerOf(masters: readonly Master[], slot: number): Promise<Master | undefined> {
  const ranges = await masters[0]?.client.cluster('SLOTS')
  const [, , node] = ranges?.find(([from, to]) => from <= slot && slot <= to) ?? []
  return masters.find(({ id }) => id === node?.[2])
}

async function carryOver(move: {
  slot: number
  source: Master
  target: Master
  random: Random
  pause: (share: number) => Promise<void>
}): Promise<void> {
  const { slot, source, target, random, pause } = move
  await target.client.cluster('SETSLOT', slot, 'IMPORTING', source.id)
  await source.client.cluster('SETSLOT', slot, 'MIGRATING', target.id)
  const keysLeft = (): Promise<string[]> => source.client.cluster('GETKEYSINSLOT', slot, MOST_KEYS)
  const groups = random.whole(1, MOST_GROUPS)
  for (let group = 0; group < groups; group += 1) {
    await migrate(source, target, drawn(await keysLeft(), random))
    await pause(1 / groups)
  }
  for (let rest = await keysLeft(); rest.length > 0; rest = await keysLeft()) {
    await migrate(source, target, rest)
  }
}

/** Some of the keys: now a few, now most. */
function drawn(keys: readonly string[], random: Random): string[] {
  const part = random.next()
  return keys.filter(() => random.chance(part))
}

async function migrate(source: Master, target: Master, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  const where = ['127.0.0.1', target.port, '', 0, MIGRATE_MS] as const
  await source.client.call('MIGRATE', ...where, 'KEYS', ...keys)
}
