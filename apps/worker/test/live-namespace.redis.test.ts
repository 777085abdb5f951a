// The namespace of a worker that Redis has lost, on a Redis that takes no writes when it is to be set up again.

import { createRedisClient } from '@retention-relay/queue'
import { startTestRedis, until } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'

import { LiveNamespace } from '../src/live-namespace.ts'

test('a namespace that cannot be set up again at once is set up later', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = createRedisClient(redis.url, { name: 'test' })
  const meddler = new Redis(redis.socketPath)
  const stop = new AbortController()
  onTestFinished(() => {
    stop.abort()
    client.disconnect()
    meddler.disconnect()
  })
  const [states, lines]: [boolean[], string[]] = [[], []]
  const namespace = new LiveNamespace({
    client,
    options: { namespace: 'live' },
    siteId: 'site',
    logger: pino({ base: null }, { write: (line: string) => void lines.push(line) }),
    stop: stop.signal,
    changed: (isOpen) => void states.push(isOpen),
    emptied: () => undefined,
  })
  const before = await namespace.open()
  await meddler.flushall()
  // A master that has become a replica.
  await meddler.replicaof('127.0.0.1', 1)
  const found = namespace.foundEmptied()
  await until(() => lines.filter((line) => line.includes('takes no writes')), {
    accept: (told) => told.length > 0,
  })
  expect(states).toEqual([true, false])
  await meddler.replicaof('NO', 'ONE')
  await found
  expect(states).toEqual([true, false, true])
  expect(namespace.opened?.createdAt).not.toBe(before?.createdAt)
})
