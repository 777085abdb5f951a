// The verbs on a Redis Cluster, where the partitions of a namespace lie on several masters.

import { EventProfile, retentionPlan } from '@retention-relay/events'
import {
  driftScripts,
  namespaceKeys,
  ScriptRunner,
  storeFirstOperations,
  storeProfile,
  storeShapes,
} from '@retention-relay/queue'
import { startRedisCluster } from '@retention-relay/testkit'
import type { RedisCluster } from '@retention-relay/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

import {
  listDeadLetters,
  readDrift,
  readStatus,
  replayDeadLetter,
  showDeadLetter,
} from '../src/index.ts'
import { makeEvent, RelayBench } from './relay-bench.ts'

let cluster: RedisCluster

beforeAll(async () => {
  cluster = await startRedisCluster()
})
afterAll(async () => cluster.stop())

test('status, list, show and replay see every partition of a Cluster', async () => {
  const partitions = 6
  const bench = await RelayBench.open({ url: cluster.addresses }, 'on-cluster', partitions)
  try {
    const numbers = Array.from({ length: partitions }, (_, partition) => partition)
    const events = numbers.map((number) => makeEvent(`cus_${number}`))
    for (const [partition, event] of events.entries()) {
      await bench.add(partition, [event])
      const consumer = await bench.lease(partition)
      await consumer.settle(await consumer.claimOne(), 0, 'dead')
    }
    const ids = events.map(({ id }) => id)
    const page = await listDeadLetters(bench.connection, bench.namespace)
    expect(new Set(page?.letters.map(({ id }) => id))).toEqual(new Set(ids))
    for (const [partition, id] of ids.entries()) {
      const found = await showDeadLetter(bench.connection, bench.namespace, id)
      expect(found?.map((letter) => letter.partition)).toEqual([partition])
      expect(await replayDeadLetter(bench.connection, bench.namespace, id)).toMatchObject({
        kind: 'replayed',
        partition,
      })
    }
    const status = await readStatus(bench.connection, bench.namespace)
    expect(status?.totals).toMatchObject({
      ownedPartitions: partitions,
      replaying: { events: partitions, exact: true },
      counters: { accepted: partitions, dead: partitions },
      balance: { kind: 'balanced' },
    })
    expect(status?.findings).toEqual([])
  } finally {
    await bench.close()
  }
})

test('what workers have seen of events is stored and read on a Cluster', async () => {
  const bench = await RelayBench.open({ url: cluster.addresses }, 'watched-on-cluster', 2)
  try {
    const { client } = bench.connection
    const keys = namespaceKeys(bench.namespace)
    const runner = new ScriptRunner(client, driftScripts)
    await runner.load()
    const profile = new EventProfile()
    profile.add({ value: 19.9 })
    for (const name of ['cart_updated', 'order_placed']) {
      await storeProfile(runner, keys, { name, producer: 'shop@1', profile })
    }
    await storeShapes(runner, keys, new Map([['integer', 2]]))
    const customers = new Map([
      ['1', 'track'],
      ['-7002', 'identify'],
    ] as const)
    expect(await storeFirstOperations(runner, keys, customers)).toEqual({
      track: 1,
      identify: 1,
      other: 0,
    })
    const report = await readDrift(bench.connection, bench.namespace, { plan: retentionPlan })
    expect(report?.events.map(({ event, seen }) => [event, seen])).toEqual([
      ['cart_updated', 1],
      ['order_placed', 1],
    ])
    expect(report?.shapes).toMatchObject([{ shape: 'integer', events: 2, isSecond: false }])
    runner.detach()
  } finally {
    await bench.close()
  }
})
