// The verbs on a Redis Cluster, where the partitions of a namespace lie on several masters.

import { startRedisCluster } from '@retention-relay/testkit'
import type { RedisCluster } from '@retention-relay/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { listDeadLetters, readStatus, replayDeadLetter, showDeadLetter } from '../src/index.ts'
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
