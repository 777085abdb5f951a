// A producer behind a Redis Cluster and behind Sentinels, through the loss, the hanging and the change of a master.

import { partitionOf } from '@retention-relay/events'
import type { RelayEvent } from '@retention-relay/events'
import {
  awaitRedis,
  closeRedisClient,
  createRedisClient,
  keySlot,
  masters,
  nodeAddress,
  nodeOf,
  partitionKeys,
} from '@retention-relay/queue'
import type { RedisClient } from '@retention-relay/queue'
import { startRedisCluster, startSentinels, until } from '@retention-relay/testkit'
import type { RedisCluster, TestRedis } from '@retention-relay/testkit'
import { Cluster } from 'ioredis'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { fateOf, freshNamespace, makeProducer, view } from './producers.ts'
import { storedEvents } from './stored-events.ts'

const customers = Array.from({ length: 100 }, (_, number) => `cus_${number}`)
const codeOf = (fate: object): string => ('code' in fate ? String(fate.code) : 'stored')

describe('a Cluster', () => {
  let cluster: RedisCluster
  let address: string
  let reader: RedisClient
  beforeAll(async () => {
    cluster = await startRedisCluster({ onEnd: afterAll })
    const nodes = cluster.addresses.map(({ host, port }) => `${host}:${port}`)
    address = `redis+cluster://${nodes.join(',')}`
    reader = createRedisClient(address, { name: 'reader' })
    await awaitRedis(reader, { timeoutMs: 20_000 })
  })
  afterAll(() => closeRedisClient(reader))

  const keyOf = (namespace: string, customer: string): string => {
    const partition = partitionOf(customer, 16)
    return partitionKeys({ namespace, generation: 1, partition }).meta
  }

  const nodeFor = (namespace: string, customer: string): Redis => {
    const node = nodeOf(reader, keyOf(namespace, customer))
    if (node === undefined) throw new Error('the slot is served by nobody')
    return node
  }

  const processFor = (namespace: string, customer: string): TestRedis => {
    const at = nodeAddress(nodeFor(namespace, customer))
    const found = cluster.nodes.find(({ port }) => at === `127.0.0.1:${port}`)
    if (found === undefined) throw new Error(`no process at ${at}`)
    return found
  }

  it.each<[string, () => Parameters<typeof makeProducer>[0]['redis']]>([
    ['an address', () => address],
    ['a list of nodes', () => cluster.addresses],
    ['one node of it', () => `redis+cluster://127.0.0.1:${cluster.nodes[1]?.port}`],
    ['a client of the caller', () => new Cluster([...cluster.addresses], { lazyConnect: true })],
  ])(
    'given as %s takes a first burst of calls, and spreads them over its masters',
    async (_, redis) => {
      const namespace = freshNamespace()
      const relay = await makeProducer({ namespace, redis: redis() })
      await Promise.all(customers.map((customer) => relay.track(customer, view('a'))))
      expect(await storedEvents(address, namespace)).toHaveLength(100)
      const used = new Set(customers.map((customer) => nodeAddress(nodeFor(namespace, customer))))
      expect(used.size).toBe(3)
    },
  )

  it('one master of which hangs goes on with the partitions of the others', async () => {
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: address, enqueueTimeoutMs: 2000 })
    const [first = ''] = customers
    const hung = processFor(namespace, first)
    const isOnHung = (customer: string): boolean => processFor(namespace, customer) === hung
    const others = customers.filter((customer) => !isOnHung(customer))
    hung.pause()
    onTestFinished(() => hung.resume())
    const waiting = fateOf(relay.track(first, view('a')))
    await Promise.all(others.map((customer) => relay.track(customer, view('a'))))
    expect(codeOf(await waiting)).toBe('RELAY_ENQUEUE_UNKNOWN')
    hung.resume()
    await until(() => relay.track(first, view('b')).then(() => true), { timeoutMs: 20_000 })
    const stored = await storedEvents(address, namespace)
    const own = stored.filter(({ customerId }) => customerId === first)
    expect(own.map((event) => productName(event))).toEqual(['a', 'b'])
  })

  it('one master of which is killed and started again has every acknowledged event', async () => {
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: address, enqueueTimeoutMs: 1500 })
    const [first = ''] = customers
    const killed = processFor(namespace, first)
    const acknowledged: string[] = []
    const track = async (customer: string, name: string): Promise<void> => {
      const fate = await fateOf(relay.track(customer, view(name)))
      if ('receipt' in fate) acknowledged.push(fate.receipt.id)
    }
    await Promise.all(customers.map((customer) => track(customer, 'before')))
    const during = customers.map((customer) => track(customer, 'during'))
    await killed.kill()
    await Promise.all([...during, ...customers.map((customer) => track(customer, 'away'))])
    const whileAway = acknowledged.length
    await killed.restart()
    await until(() => relay.track(first, view('after')).then(() => true), { timeoutMs: 30_000 })
    expect(whileAway).toBeGreaterThan(100)
    expect(whileAway).toBeLessThan(300)
    await until(async () => nodeFor(namespace, first).ping())
    const stored = new Set((await storedEvents(address, namespace)).map(({ id }) => id))
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([])
  })

  it('one master of which is nearly full holds back its own partitions only', async () => {
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: address })
    const [first = ''] = customers
    const full = nodeFor(namespace, first)
    const isOnFull = (customer: string): boolean =>
      nodeAddress(nodeFor(namespace, customer)) === nodeAddress(full)
    const other = customers.find((customer) => !isOnFull(customer)) ?? ''
    const used = Number(/used_memory:(\d+)/.exec(await full.info('memory'))?.[1])
    await full.config('SET', 'maxmemory', Math.ceil(used * 1.1))
    onTestFinished(async () => void (await full.config('SET', 'maxmemory', 0)))
    const code = async (): Promise<string> => codeOf(await fateOf(relay.suppress(first)))
    await until(code, { accept: (seen) => seen === 'RELAY_ENQUEUE_BACKPRESSURE' })
    expect(await fateOf(relay.suppress(other))).toHaveProperty('receipt')
  })

  it('a partition that moves to another master is followed', async () => {
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: address })
    const [first = ''] = customers
    await relay.track(first, view('a'))
    const key = keyOf(namespace, first)
    const from = nodeFor(namespace, first)
    const to = masters(reader).find((node) => node !== from)
    if (to === undefined) throw new Error('there is one master only')
    const move = await beginMove(keySlot(key), from, to)
    await move.end()
    await relay.track(first, view('b'))
    await relay.track(first, view('c'))
    const stored = await storedEvents(address, namespace)
    expect(stored.map((event) => productName(event))).toEqual(['a', 'b', 'c'])
    expect(await to.call('CLUSTER', 'COUNTKEYSINSLOT', keySlot(key))).toBeGreaterThan(0)
  })

  it.each([
    ['none', () => []],
    ['one', ([first]: string[]) => [first ?? '']],
    ['all', (keys: string[]) => keys],
  ])('a call while %s of the keys has moved is surely not stored', async (_, moved) => {
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: address, enqueueTimeoutMs: 20_000 })
    const [first = ''] = customers
    await relay.track(first, view('a'))
    const from = nodeFor(namespace, first)
    const to = masters(reader).find((node) => node !== from)
    if (to === undefined) throw new Error('there is one master only')
    const move = await beginMove(keySlot(keyOf(namespace, first)), from, to)
    await move.carry(moved(await move.keys()))
    expect(codeOf(await fateOf(relay.track(first, view('b'))))).toBe('RELAY_ENQUEUE_REFUSED')
    await move.end()
    await relay.track(first, view('c'))
    const stored = await storedEvents(address, namespace)
    expect(stored.map((event) => productName(event))).toEqual(['a', 'c'])
  })
})

describe('Sentinels', () => {
  const addressOf = (sentinels: Awaited<ReturnType<typeof startSentinels>>): string => {
    const nodes = sentinels.addresses.map(({ host, port }) => `${host}:${port}`)
    return `redis+sentinel://${nodes.join(',')}/${sentinels.name}`
  }

  it('lead to the new master when it changes: calls go on, nothing acknowledged is lost', async () => {
    const sentinels = await startSentinels({ onEnd: onTestFinished })
    const namespace = freshNamespace()
    const redis = addressOf(sentinels)
    const relay = await makeProducer({ namespace, redis, replicas: 1, enqueueTimeoutMs: 3000 })
    const before = await Promise.all(
      customers.map((customer) => relay.track(customer, view('before'))),
    )
    await sentinels.failOver()
    await until(() => relay.track('cus_0', view('after')).then(() => true), { timeoutMs: 30_000 })
    const stored = new Set((await storedEvents(redis, namespace)).map(({ id }) => id))
    expect(before.filter(({ id }) => !stored.has(id))).toEqual([])
  })

  it('lead to the replica when the master crashes: what WAIT had confirmed is there', async () => {
    const sentinels = await startSentinels({ onEnd: onTestFinished })
    const namespace = freshNamespace()
    const redis = addressOf(sentinels)
    const confirmed = await makeProducer({ namespace, redis, replicas: 1 })
    const receipts = await Promise.all(
      customers.map((customer) => confirmed.track(customer, view('before'))),
    )
    await sentinels.master.kill()
    const relay = await makeProducer({ namespace, redis, enqueueTimeoutMs: 1000 })
    await until(() => relay.track('cus_0', view('after')).then(() => true), { timeoutMs: 30_000 })
    const stored = new Set((await storedEvents(redis, namespace)).map(({ id }) => id))
    expect(receipts.filter(({ id }) => !stored.has(id))).toEqual([])
  })
})

const productName = (event: RelayEvent): unknown =>
  event.op === 'track' ? event.data['name'] : undefined

interface Move {
  keys: () => Promise<string[]>
  carry: (keys: readonly string[]) => Promise<void>
  end: () => Promise<void>
}

/** Begins to move a slot with its keys, as a resharding does. */
const beginMove = async (slot: number, from: Redis, to: Redis): Promise<Move> => {
  const [source, target] = await Promise.all([from, to].map((node) => node.cluster('MYID')))
  await to.cluster('SETSLOT', slot, 'IMPORTING', source ?? '')
  await from.cluster('SETSLOT', slot, 'MIGRATING', target ?? '')
  const { host = '', port = 0 } = to.options
  const keys = (): Promise<string[]> => from.cluster('GETKEYSINSLOT', slot, 1000)
  const carry = async (moved: readonly string[]): Promise<void> => {
    if (moved.length > 0) await from.call('MIGRATE', host, port, '', 0, 5000, 'KEYS', ...moved)
  }
  const end = async (): Promise<void> => {
    await carry(await keys())
    await to.cluster('SETSLOT', slot, 'NODE', target ?? '')
    await from.cluster('SETSLOT', slot, 'NODE', target ?? '')
  }
  return { keys, carry, end }
}
