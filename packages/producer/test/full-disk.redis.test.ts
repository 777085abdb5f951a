// The disk below the append-only file is full: its files may grow no more. With `appendfsync always`, the shipped setting,
// Redis ends; with `everysec` it goes on and answers MISCONF. Either way what was acknowledged is there, and what was
// refused is not.

import { limitProcess, startTestRedis, until } from '@retention-relay/testkit'
import { expect, it, onTestFinished } from 'vitest'

import { fateOf, freshNamespace, makeProducer } from './producers.ts'
import type { TestProducer } from './producers.ts'
import { storedEvents } from './stored-events.ts'

/** More than the start of a namespace writes, less than the calls. */
const DISK_BYTES = 20_000

interface Calls {
  readonly acknowledged: string[]
  readonly refused: string[]
  readonly codes: Set<string>
}

/** One call after the other until some have failed. */
async function callUntilFull(relay: TestProducer): Promise<Calls> {
  const calls: Calls = { acknowledged: [], refused: [], codes: new Set() }
  for (let failed = 0; failed < 5;) {
    const fate = await fateOf(relay.delete(`cus_${calls.acknowledged.length % 50}`))
    if ('receipt' in fate) calls.acknowledged.push(fate.receipt.id)
    else {
      failed += 1
      calls.codes.add(fate.code)
      if (fate.code === 'RELAY_ENQUEUE_REFUSED') calls.refused.push(fate.eventId!)
    }
  }
  return calls
}

/** Ids of acknowledged events that are not there, and of refused ones that are. */
async function falselyTold(
  url: string,
  namespace: string,
  { acknowledged, refused }: Calls,
): Promise<string[]> {
  const stored = new Set((await storedEvents(url, namespace)).map(({ id }) => id))
  return [
    ...acknowledged.filter((id) => !stored.has(id)),
    ...refused.filter((id) => stored.has(id)),
  ]
}

it('with `always` ends Redis: what was acknowledged is there when it has room again', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const namespace = freshNamespace()
  const relay = await makeProducer({ namespace, redis: redis.url, enqueueTimeoutMs: 500 })
  await limitProcess(redis.pid, 'fsize', DISK_BYTES)
  const calls = await callUntilFull(relay)
  await redis.kill()
  await redis.restart()
  await until(() => relay.suppress('cus_after').then(() => true))
  expect(calls.acknowledged.length).toBeGreaterThan(0)
  expect(await falselyTold(redis.url, namespace, calls)).toEqual([])
})

it('with `everysec` has calls refused, and stored again when there is room', async () => {
  const redis = await startTestRedis({
    fileLimitIsError: true,
    args: ['--appendfsync', 'everysec'],
    onEnd: onTestFinished,
  })
  const namespace = freshNamespace()
  const relay = await makeProducer({ namespace, redis: redis.url, enqueueTimeoutMs: 500 })
  await limitProcess(redis.pid, 'fsize', DISK_BYTES)
  const calls = await callUntilFull(relay)
  expect([...calls.codes]).toEqual(['RELAY_ENQUEUE_REFUSED'])
  await expect(relay.delete('cus_42')).rejects.toThrow('MISCONF')
  await limitProcess(redis.pid, 'fsize', 'unlimited')
  await until(() => relay.suppress('cus_after').then(() => true))
  expect(calls.acknowledged.length).toBeGreaterThan(0)
  expect(await falselyTold(redis.url, namespace, calls)).toEqual([])
})
