// A producer whose Redis is away for long, or silent while more calls come than may wait: what its callers are told, what
// it keeps, and that it goes on by itself.

import { startFaultProxy, startTestRedis, until } from '@retention-relay/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'

import { fateOf, freshNamespace, makeProducer } from './producers.ts'
import { storedEvents } from './stored-events.ts'

const MAX_PENDING = 100
const codesOf = (fates: readonly object[]): string[] =>
  fates.map((fate) => ('code' in fate ? String(fate.code) : 'stored'))
const times = <Value>(count: number, value: Value): Value[] =>
  Array.from({ length: count }, () => value)

describe('a Redis that is away until the waits for it have grown to their bound', () => {
  /*
   * Setup: a producer with room for 100 events, a proxy that counts how often it tries to connect.
   * Timeline: Redis is killed. Twice 150 calls come at once, and the producer tries ten times to connect: the wait between
   *   two tries has long been as long as it gets. Redis comes back, and the service calls again.
   * What this proves: each call has an answer, more than the bound never wait, what was refused is not there, and the
   *   first call after the return is stored.
   */
  it('has every call refused, keeps its bound, and stores the first call after the return', async () => {
    const redis = await startTestRedis({ onEnd: onTestFinished })
    const proxy = await startFaultProxy({ target: redis, onEnd: onTestFinished })
    const namespace = freshNamespace()
    const relay = await makeProducer({
      namespace,
      redis: proxy.url(),
      enqueueTimeoutMs: 1500,
      maxPendingEvents: MAX_PENDING,
    })
    await relay.delete('cus_before')
    const connected = proxy.accepted
    await redis.kill()
    // Then it has seen that its connection is gone: what is called from now on is never written.
    await until(() => proxy.accepted > connected, { what: 'a first try to connect again' })
    for (let wave = 1; wave <= 2; wave += 1) {
      const { refused } = relay.counters()
      const calls = times(150, null).map((_, index) => fateOf(relay.delete(`cus_${index}`)))
      const [rest, over] = [calls.slice(0, MAX_PENDING), calls.slice(MAX_PENDING)]
      expect(codesOf(await Promise.all(over))).toEqual(times(50, 'RELAY_ENQUEUE_BACKPRESSURE'))
      expect(codesOf(await Promise.all(rest))).toEqual(times(MAX_PENDING, 'RELAY_ENQUEUE_REFUSED'))
      expect(relay.counters()).toMatchObject({ refused: refused + 150, unknown: 0 })
    }
    await until(() => proxy.accepted, { accept: (now) => now >= connected + 10, what: 'ten tries' })

    await redis.restart()
    await relay.delete('cus_after')
    const stored = await storedEvents(redis.url, namespace)
    const customers = stored.map(({ customerId }) => customerId)
    expect(customers.toSorted()).toEqual(['cus_after', 'cus_before'])
  })
})

describe('a Redis that is silent while more calls come than may wait', () => {
  it('has those above the bound refused at once, and stores what waited when it goes on', async () => {
    const redis = await startTestRedis({ onEnd: onTestFinished })
    const namespace = freshNamespace()
    const relay = await makeProducer({
      namespace,
      redis: redis.url,
      enqueueTimeoutMs: 30_000,
      maxPendingEvents: MAX_PENDING,
    })
    await relay.delete('cus_before')
    redis.pause()
    onTestFinished(() => redis.resume())
    const calls = times(150, null).map((_, index) => fateOf(relay.delete(`cus_${index}`)))
    const [waiting, over] = [calls.slice(0, MAX_PENDING), calls.slice(MAX_PENDING)]
    expect(codesOf(await Promise.all(over))).toEqual(times(50, 'RELAY_ENQUEUE_BACKPRESSURE'))

    redis.resume()
    expect(codesOf(await Promise.all(waiting))).toEqual(times(MAX_PENDING, 'stored'))
    const stored = await storedEvents(redis.url, namespace)
    const customers = new Set(stored.map(({ customerId }) => customerId))
    expect(stored).toHaveLength(MAX_PENDING + 1)
    expect(customers).toEqual(
      new Set(['cus_before', ...times(MAX_PENDING, null).map((_, index) => `cus_${index}`)]),
    )
  })
})
