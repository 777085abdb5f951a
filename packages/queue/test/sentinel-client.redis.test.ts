// A failover that is announced just while a client asks the sentinels for the master: the client's own detector ends that
// attempt, and ioredis gives up for good (seen in a fault run: a worker held its leases and delivered nothing any more).

import { startFaultProxy, startSentinels, until } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test, vi } from 'vitest'

import { closeRedisClient, createRedisClient } from '../src/index.ts'

test('a client connects again although a failover ended its attempt to reconnect', async () => {
  const sentinels = await startSentinels({ onEnd: onTestFinished })
  const proxy = await startFaultProxy({ target: sentinels.addresses[0]!, onEnd: onTestFinished })
  const address = `redis+sentinel://127.0.0.1:${proxy.port}/${sentinels.name}`
  const client = createRedisClient(address, { name: 'test' }) as Redis
  onTestFinished(async () => closeRedisClient(client))
  await new Promise((resolve) => client.once('failoverSubscribed', resolve))

  const question = proxy.hold('get-master-addr-by-name')
  const master = new Redis(sentinels.master.port!)
  onTestFinished(async () => master.disconnect())
  await master.call('CLIENT', 'KILL', 'TYPE', 'NORMAL', 'SKIPME', 'yes')
  await question.caught
  await sentinels.failOver()
  await question.release()

  await until(() => client.set('k', 'v'), { accept: (reply) => reply === 'OK' })
  expect(client.options.name).toBe(sentinels.name)
  expect(client.stream.remotePort).toBe(sentinels.replica.port)
})

test('a client that was closed stays closed', async () => {
  const sentinels = await startSentinels({ onEnd: onTestFinished })
  const [{ host, port }] = sentinels.addresses as [{ host: string; port: number }]
  const client = createRedisClient(`redis+sentinel://${host}:${port}/relay`, {
    name: 'test',
  }) as Redis
  await until(() => client.ping())
  const ended = new Promise((resolve) => client.once('end', resolve))
  // What is to happen later happens now.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  client.disconnect()
  await ended
  vi.runAllTimers()
  expect(client.status).toBe('end')
  await expect(client.ping()).rejects.toThrow('Connection is closed')
})
