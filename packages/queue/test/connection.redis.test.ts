// Connections against real Redis processes, and against servers that are no Redis.

import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { inspect } from 'node:util'

import { startTestRedis } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'

import { awaitRedis, closeRedisClient, createRedisClient } from '../src/index.ts'
import type { RedisAddress, RedisArrival, RedisClient, RedisClientOptions } from '../src/index.ts'

let redis: TestRedis
beforeAll(async () => {
  redis = await startTestRedis({ onEnd: afterAll })
})

const connect = (address: RedisAddress, options: Partial<RedisClientOptions> = {}): RedisClient => {
  const client = createRedisClient(address, { name: 'test', ...options })
  onTestFinished(() => closeRedisClient(client))
  return client
}

const arrive = (address: RedisAddress, timeoutMs = 10_000): Promise<RedisArrival> =>
  awaitRedis(connect(address), { timeoutMs })

const listen = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** Says what it is told to say, like a Redis before version 6 that has no HELLO. */
const listenAs = (info: string): Promise<number> =>
  listen(
    createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (data) => {
        const commands = data
          .toString()
          .split(/\*\d+\r\n/)
          .slice(1)
        for (const command of commands) {
          if (/hello/i.test(command)) socket.write("-ERR unknown command 'hello'\r\n")
          else if (/info\r\n$/i.test(command)) socket.write(`$${info.length}\r\n${info}\r\n`)
          else socket.write('+OK\r\n')
        }
      })
    }),
  )

describe('a Redis that can be used', () => {
  it('tells its facts', async () => {
    const arrival = await arrive(redis.url)
    const facts = {
      node: redis.socketPath,
      role: 'master',
      readOnly: false,
      mode: 'standalone',
      aof: true,
      fsync: 'always',
      evictionPolicy: 'noeviction',
      maxMemoryBytes: 0,
      connectedReplicas: 0,
    }
    expect(arrival).toMatchObject({ kind: 'ready', facts: [facts] })
  })

  it('that forbids CONFIG is used all the same: what it hides cannot be verified', async () => {
    const admin = connect(redis.url)
    await awaitRedis(admin, { timeoutMs: 10_000 })
    await admin.call('ACL', 'SETUSER', 'shop', 'on', '>secret', '~*', '+@all', '-config')
    const arrival = await arrive(`${redis.url}?username=shop&password=secret`)
    const facts = { fsync: null, aof: true, evictionPolicy: 'noeviction' }
    expect(arrival).toMatchObject({ kind: 'ready', facts: [facts] })
  })

  it('that comes up later is found by the same client', async () => {
    const late = await startTestRedis({ onEnd: onTestFinished })
    await late.kill()
    const client = connect(late.url)
    expect(await awaitRedis(client, { timeoutMs: 100 })).toMatchObject({
      kind: 'away',
      cause: { code: 'ECONNREFUSED' },
    })
    await late.restart()
    expect(await awaitRedis(client, { timeoutMs: 20_000 })).toMatchObject({ kind: 'ready' })
  })
})

describe('a Redis that can never be used as configured is refused with the remedy', () => {
  it('a wrong password, which the error does not show', async () => {
    const admin = connect(redis.url)
    await awaitRedis(admin, { timeoutMs: 10_000 })
    await admin.call('ACL', 'SETUSER', 'worker', 'on', '>right', '~*', '+@all')
    const refused = arrive(`${redis.url}?username=worker&password=hunter2`)
    await expect(refused).rejects.toMatchObject({ code: 'RELAY_REDIS_UNUSABLE' })
    await expect(refused).rejects.toThrow('Correct the credentials')
    expect(inspect(await refused.catch((error: unknown) => error), { depth: 9 })).not.toContain(
      'hunter2',
    )
  })

  it('a password that is missing', async () => {
    const locked = await startTestRedis({ onEnd: onTestFinished })
    const admin = connect(locked.url)
    await awaitRedis(admin, { timeoutMs: 10_000 })
    await admin.config('SET', 'requirepass', 'secret')
    const refused = arrive(locked.url)
    await expect(refused).rejects.toThrow('asks for a password and the address has none')
  })

  it('a server that speaks another protocol', async () => {
    const port = await listen(createHttpServer((_, response) => response.end('hello')))
    const refused = arrive(`redis://127.0.0.1:${port}`)
    await expect(refused).rejects.toMatchObject({ code: 'RELAY_REDIS_UNUSABLE' })
    await expect(refused).rejects.toThrow('does not speak the protocol of Redis')
  })

  it.each([
    ['redis_version:6.2.14\r\nrole:master\r\n', 'Use Redis 7.0 or newer'],
    ['redis_version:7.2.4\r\nredis_mode:sentinel\r\n', 'Write redis+sentinel://'],
    ['redis_version:7.2.4\r\nrole:master\r\ncluster_enabled:1\r\n', 'Write redis+cluster://'],
  ])('one whose INFO is %j', async (info, remedy) => {
    const refused = arrive(`redis://127.0.0.1:${await listenAs(info)}`)
    await expect(refused).rejects.toMatchObject({ code: 'RELAY_REDIS_UNUSABLE' })
    await expect(refused).rejects.toThrow(remedy)
  })

  it('a read-only replica', async () => {
    const master = await startTestRedis({ port: true, onEnd: onTestFinished })
    const args = ['--replicaof', `127.0.0.1 ${master.port}`]
    const replica = await startTestRedis({ args, onEnd: onTestFinished })
    const refused = arrive(replica.url)
    await expect(refused).rejects.toThrow('is a read-only replica. Give the address of its master')
  })

  it('a single Redis that is given as a Cluster', async () => {
    const single = await startTestRedis({ port: true, onEnd: onTestFinished })
    const refused = arrive(`redis+cluster://127.0.0.1:${single.port}`)
    await expect(refused).rejects.toThrow('is not a node of a Redis Cluster')
  })
})

describe('a client', () => {
  it('refuses a command while Redis is away, and prints nothing', async () => {
    const spies = (['log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name))
    const client = connect('/nowhere/redis.sock')
    await awaitRedis(client, { timeoutMs: 50 })
    await expect(client.ping()).rejects.toThrow('enableOfflineQueue options is false')
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
  })

  it.each([
    ['one Redis', '/nowhere/redis.sock'],
    ['a Cluster', 'redis+cluster://127.0.0.1:1'],
    ['Sentinels', 'redis+sentinel://127.0.0.1:1/shop'],
  ])('of %s tries again within a second, however long Redis has been away', (_name, address) => {
    const { options } = connect(address, { random: () => 0.999_999 })
    const waits = Object.entries(options)
      .filter(([name]) => /^(?:retry|clusterRetry|sentinelRetry)Strategy$/.test(name))
      .map(([, strategy]) => (strategy as (attempt: number) => number)(100_000))
    expect(waits.length).toBeGreaterThan(0)
    expect(waits).toEqual(waits.map(() => 1000))
  })

  it('that calls itself ready and refuses every command is waited for, and nobody is starved meanwhile', async () => {
    const client = connect(redis.url)
    await awaitRedis(client, { timeoutMs: 10_000 })
    const info = client.info.bind(client)
    let refusals = 0
    client.info = () => {
      refusals += 1
      return Promise.reject(new Error('the stream cannot be written'))
    }
    const away = await awaitRedis(client, { timeoutMs: 250 })
    expect(away).toMatchObject({ kind: 'away', cause: { message: 'the stream cannot be written' } })
    expect(refusals).toBeLessThan(10)
    setTimeout(() => (client.info = info), 150)
    expect(await awaitRedis(client, { timeoutMs: 10_000 })).toMatchObject({ kind: 'ready' })
    expect(client.listenerCount('ready')).toBe(0)
  })

  it('closes a connection that stays silent, and comes back by itself', async () => {
    const silent = await startTestRedis({ onEnd: onTestFinished })
    const client = connect(silent.url, { options: { socketTimeout: 200 } })
    await awaitRedis(client, { timeoutMs: 10_000 })
    silent.pause()
    await expect(client.ping()).rejects.toThrow('max retries per request limit')
    silent.resume()
    await awaitRedis(client, { timeoutMs: 10_000 })
    expect(await client.ping()).toBe('PONG')
  })

  it('is closed at once while Redis hangs, and what waits is rejected', async () => {
    const silent = await startTestRedis({ onEnd: onTestFinished })
    const client = connect(silent.url)
    await awaitRedis(client, { timeoutMs: 10_000 })
    silent.pause()
    const ping = client.ping()
    closeRedisClient(client)
    await expect(ping).rejects.toThrow('Connection is closed')
    silent.resume()
  })

  it('copies a client of the caller: address and database, not its habits', async () => {
    const template = new Redis({
      path: redis.socketPath,
      db: 3,
      keyPrefix: 'shop:',
      commandTimeout: 1,
      enableOfflineQueue: true,
      lazyConnect: true,
    })
    const client = connect(template)
    await awaitRedis(client, { timeoutMs: 10_000 })
    await client.set('copied', 'yes')
    const reader = connect(`${redis.url}?db=3`)
    await awaitRedis(reader, { timeoutMs: 10_000 })
    expect(await reader.get('copied')).toBe('yes')
    expect(client.options).toMatchObject({
      keyPrefix: '',
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      commandTimeout: undefined,
    })
    expect(template.status).toBe('wait')
  })
})
