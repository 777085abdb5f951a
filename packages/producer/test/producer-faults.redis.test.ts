// A producer against a Redis that dies, hangs, is full, away, or not one at all.

import { inspect } from 'node:util'

import { awaitRedis, closeRedisClient, createRedisClient } from '@retention-relay/queue'
import type { RedisClient } from '@retention-relay/queue'
import { startFaultProxy, startTestRedis, until } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'

import { fateOf, freshNamespace, makeProducer, order, view } from './producers.ts'
import type { TestProducer } from './producers.ts'
import { storedEvents } from './stored-events.ts'

const startRedis = (): Promise<TestRedis> => startTestRedis({ onEnd: onTestFinished })

const connect = async (redis: TestRedis): Promise<RedisClient> => {
  const client = createRedisClient(redis.url, { name: 'admin' })
  onTestFinished(() => closeRedisClient(client))
  await awaitRedis(client, { timeoutMs: 10_000 })
  return client
}

describe('a Redis that is killed', () => {
  /*
   * Setup: a Redis with the shipped settings (AOF, always), 100 callers, 10,000 events.
   * Timeline: after 3,000 acknowledgements SIGKILL; when the callers have seen it, start again on the same data.
   * What this proves: what was acknowledged is there; what was refused is not; every other call ended with a typed error.
   */
  it('and started again has every acknowledged event, and no refused one', async () => {
    const redis = await startRedis()
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: redis.url, enqueueTimeoutMs: 500 })
    const fates = new Map<number, Awaited<ReturnType<typeof fateOf<{ id: string }>>>>()
    let next = 0
    let acknowledged = 0
    let restarted: Promise<void> | undefined
    const killAndRestart = async (): Promise<void> => {
      await redis.kill()
      await until(() => relay.counters().refused > 0)
      await redis.restart()
      // Until every partition serves again.
      const customers = Array.from({ length: 100 }, (_, number) => `cus_${number}`)
      await until(() => Promise.all(customers.map((customer) => relay.suppress(customer))))
    }
    const caller = async (): Promise<void> => {
      while (next < 10_000) {
        const number = next
        next += 1
        const fate = await fateOf(relay.track(`cus_${number % 500}`, view(`${number}`)))
        fates.set(number, fate)
        if (!('receipt' in fate)) await restarted
        else acknowledged += 1
        if (acknowledged === 3000) restarted ??= killAndRestart()
      }
    }
    await Promise.all(Array.from({ length: 100 }, () => caller()))
    await restarted
    const tracked = (await storedEvents(redis.url, namespace)).filter(({ op }) => op === 'track')
    const stored = new Set(tracked.map(({ id }) => id))
    const lists = { acknowledged: [] as string[], refused: [] as string[], unknown: [] as string[] }
    for (const fate of fates.values()) {
      if ('receipt' in fate) lists.acknowledged.push(fate.receipt.id)
      else if (fate.code === 'RELAY_ENQUEUE_REFUSED') lists.refused.push(fate.eventId ?? '')
      else if (fate.code === 'RELAY_ENQUEUE_UNKNOWN') lists.unknown.push(fate.eventId ?? '')
    }
    const { refused, unknown } = lists
    expect(lists.acknowledged.length + refused.length + unknown.length).toBe(10_000)
    expect(refused.length).toBeGreaterThan(0)
    expect(lists.acknowledged.length).toBeGreaterThan(3000)
    expect(lists.acknowledged.filter((id) => !stored.has(id))).toEqual([])
    expect(refused.filter((id) => stored.has(id))).toEqual([])
    expect([...stored].filter((id) => !lists.acknowledged.includes(id))).toSatisfy(
      (ids: string[]) => ids.every((id) => unknown.includes(id)),
    )
  })
})

describe('a connection that is cut again and again', () => {
  it('loses nothing, doubles nothing and keeps the order of each customer', async () => {
    const redis = await startRedis()
    const proxy = await startFaultProxy({ target: redis, onEnd: onTestFinished })
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: proxy.url(), enqueueTimeoutMs: 20_000 })
    const calls: Promise<unknown>[] = []
    for (let round = 0; round < 10; round += 1) {
      const cut = proxy.cut(
        round % 2 === 0
          ? { after: 'request', match: 'events-' }
          : { before: 'request', match: 'events-' },
      )
      for (let index = 0; index < 200; index += 1) {
        calls.push(relay.track(`cus_${index % 10}`, view(`${round * 200 + index}`)))
      }
      await cut
    }
    await Promise.all(calls)
    const stored = await storedEvents(redis.url, namespace)
    expect(stored).toHaveLength(2000)
    for (let customer = 0; customer < 10; customer += 1) {
      const own = stored.filter((event) => event.customerId === `cus_${customer}`)
      const names = own.map((event) => (event.op === 'track' ? Number(event.data['name']) : -1))
      expect(names).toEqual(names.toSorted((one, two) => one - two))
      expect(new Set(names).size).toBe(200)
    }
  })
})

describe('a Redis that hangs', () => {
  const hang = (redis: TestRedis): void => {
    redis.pause()
    onTestFinished(() => redis.resume())
  }

  it('has each event once when it goes on, also those whose callers gave up', async () => {
    const redis = await startRedis()
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: redis.url, enqueueTimeoutMs: 200 })
    await relay.track('cus_42', view('before'))
    hang(redis)
    const fates = []
    for (let index = 0; index < 5; index += 1) {
      fates.push(await fateOf(relay.track('cus_42', view(`${index}`))))
    }
    expect(fates.map((fate) => ('code' in fate ? fate.code : 'stored'))).toEqual([
      'RELAY_ENQUEUE_UNKNOWN',
      ...Array.from({ length: 4 }, () => 'RELAY_ENQUEUE_REFUSED'),
    ])
    redis.resume()
    await until(() => relay.track('cus_42', order('o-981')).then(() => true))
    const stored = await storedEvents(redis.url, namespace)
    const names = stored.map((event) => (event.op === 'track' ? event.data['name'] : '?'))
    expect(names).toEqual(['before', '0', undefined])
  })

  it('the error carries what a second try needs, and the second try has the same id and time', async () => {
    const redis = await startRedis()
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: redis.url, enqueueTimeoutMs: 200 })
    hang(redis)
    const occurredAt = Date.UTC(2026, 0, 1)
    const first = await relay.delete('cus_42', { occurredAt }).catch((error: unknown) => error)
    expect(first).toMatchObject({ retryable: true, occurredAt: new Date(occurredAt) })
    const { eventId, occurredAt: time } = first as { eventId: string; occurredAt: Date }
    redis.resume()
    const again = (): Promise<boolean> =>
      relay.delete('cus_42', { id: eventId, occurredAt: time }).then(() => true)
    await until(again)
    const stored = await storedEvents(redis.url, namespace)
    expect(new Set(stored.map((event) => `${event.id} ${event.occurredAt}`))).toEqual(
      new Set([`${eventId} ${occurredAt}`]),
    )
  })

  it('does not fill the memory: above maxPendingEvents calls are refused at once', async () => {
    const redis = await startRedis()
    const options = { redis: redis.url, enqueueTimeoutMs: 300, maxPendingEvents: 100 }
    const relay = await makeProducer(options)
    await relay.delete('cus_42')
    hang(redis)
    const calls = Array.from({ length: 150 }, (_, index) => fateOf(relay.delete(`cus_${index}`)))
    const fates = await Promise.all(calls)
    const codes = fates.map((fate) => ('code' in fate ? fate.code : 'stored'))
    expect(codes.filter((code) => code === 'RELAY_ENQUEUE_BACKPRESSURE')).toHaveLength(50)
    expect(codes.slice(100).every((code) => code === 'RELAY_ENQUEUE_BACKPRESSURE')).toBe(true)
    redis.resume()
    await until(() => relay.delete('cus_1').then(() => true))
  })

  it('does not keep close from ending, and every caller has its answer then', async () => {
    const redis = await startRedis()
    const relay = await makeProducer({ redis: redis.url, enqueueTimeoutMs: 300 })
    await relay.delete('cus_42')
    hang(redis)
    const calls = [1, 2, 3].map((number) => fateOf(relay.delete(`cus_${number}`)))
    await relay.close()
    const codes = (await Promise.all(calls)).map((fate) => ('code' in fate ? fate.code : 'stored'))
    expect(codes).toEqual(Array.from({ length: 3 }, () => 'RELAY_ENQUEUE_UNKNOWN'))
  })
})

describe('a Redis that is away at the start', () => {
  it('lets the service start: calls are refused until it has answered once', async () => {
    const redis = await startRedis()
    await redis.kill()
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: redis.url, enqueueTimeoutMs: 100 })
    const early = relay.delete('cus_42')
    await expect(early).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_REFUSED', retryable: true })
    await expect(early).rejects.toThrow('ECONNREFUSED')
    await redis.restart()
    await until(() => relay.delete('cus_43').then(() => true))
    const stored = await storedEvents(redis.url, namespace)
    expect(stored.map(({ customerId }) => customerId)).toEqual(['cus_43'])
  })

  it('and then refuses the password is named in each refusal, and serves when that is mended', async () => {
    const redis = await startRedis()
    await redis.kill()
    const address = `${redis.url}?username=shop&password=hunter2`
    const relay = await makeProducer({ redis: address, enqueueTimeoutMs: 100 })
    await redis.restart()
    const message = (): Promise<string> =>
      relay.delete('cus_42').then(
        () => 'stored',
        (error: unknown) => (error as Error).message,
      )
    await until(message, {
      accept: (text) => text.includes('refuses the user name or the password'),
    })
    const admin = await connect(redis)
    await admin.call('ACL', 'SETUSER', 'shop', 'on', '>hunter2', '~*', '+@all')
    expect(await until(message, { accept: (text) => text === 'stored' })).toBe('stored')
  })

  it('does not keep close from ending', async () => {
    const relay = await makeProducer({ redis: '/nowhere/redis.sock', enqueueTimeoutMs: 50 })
    await expect(relay.close()).resolves.toBeUndefined()
  })
})

describe('a Redis that cannot be used', () => {
  it('for its password is refused at the start, without showing it', async () => {
    const redis = await startRedis()
    const admin = await connect(redis)
    await admin.call('ACL', 'SETUSER', 'shop', 'on', '>right', '~*', '+@all')
    const made = makeProducer({ redis: `${redis.url}?username=shop&password=hunter2` })
    await expect(made).rejects.toMatchObject({ code: 'RELAY_REDIS_UNUSABLE', retryable: false })
    expect(inspect(await made.catch((error: unknown) => error), { depth: 9 })).not.toContain(
      'hunter2',
    )
  })

  it('because it is a read-only replica is refused at the start', async () => {
    const master = await startTestRedis({ port: true, onEnd: onTestFinished })
    const args = ['--replicaof', `127.0.0.1 ${master.port}`]
    const replica = await startTestRedis({ args, onEnd: onTestFinished })
    const made = makeProducer({ redis: replica.url })
    await expect(made).rejects.toMatchObject({ code: 'RELAY_REDIS_UNUSABLE' })
  })
})

describe('a Redis that becomes a read-only replica', () => {
  it('refuses, and serves again when it is a master', async () => {
    const redis = await startRedis()
    const relay: TestProducer = await makeProducer({ redis: redis.url, enqueueTimeoutMs: 500 })
    const admin = await connect(redis)
    await admin.replicaof('127.0.0.1', 1)
    const refused = relay.delete('cus_42')
    await expect(refused).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_REFUSED' })
    await expect(refused).rejects.toThrow('READONLY')
    await admin.replicaof('NO', 'ONE')
    await until(() => relay.delete('cus_42').then(() => true))
  })
})

describe('the errors of a producer', () => {
  it('hold nothing of the event but its id and time', async () => {
    const redis = await startRedis()
    const relay = await makeProducer({ redis: redis.url })
    const admin = await connect(redis)
    await admin.config('SET', 'maxmemory', '1')
    const email = 'hunter2@example.com'
    const error = await relay.identify('cus_42', { email }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'RELAY_ENQUEUE_REFUSED', cause: { name: 'ReplyError' } })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2')
  })
})
