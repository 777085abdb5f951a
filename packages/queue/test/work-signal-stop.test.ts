// The wait for markers while Redis is away.

import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'

import { createRedisClient } from '../src/connection/client.ts'
import { WorkSignal } from '../src/consume/work-signal.ts'

test('it can be stopped between two attempts to connect', async () => {
  const options = { name: 'test', options: { retryStrategy: () => 3_600_000 } }
  const client = createRedisClient('unix:///nowhere/redis.sock', options) as Redis
  const signal = new WorkSignal(client, () => Promise.resolve())
  signal.wait('marker', () => undefined)
  await new Promise<void>((resolve) => {
    client.once('reconnecting', () => resolve())
  })
  await signal.stop()
  expect(client.status).not.toBe('ready')
})
