import { startTestRedis } from '@retention-relay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  awaitRedis,
  closeRedisClient,
  createRedisClient,
  namespaceKeys,
  openNamespace,
} from '../src/index.ts'
import type { RedisClient } from '../src/index.ts'

let client: RedisClient
beforeAll(async () => {
  const redis = await startTestRedis({ onEnd: afterAll })
  client = createRedisClient(redis.url, { name: 'test' })
  await awaitRedis(client, { timeoutMs: 10_000 })
})
afterAll(() => closeRedisClient(client))

const configOf = (namespace: string): Promise<Record<string, string>> =>
  client.hgetall(namespaceKeys(namespace).config)

describe('the settings of a namespace', () => {
  it('are written by the first process and read by every other one', async () => {
    const first = await openNamespace(client, { namespace: 'first', partitions: 4 })
    const createdAt = expect.stringMatching(/^[0-9]{16}$/) as string
    expect(first).toEqual({ namespace: 'first', generation: 1, partitions: 4, createdAt })
    expect(await openNamespace(client, { namespace: 'first' })).toEqual(first)
    expect(await openNamespace(client, { namespace: 'first', partitions: 4 })).toEqual(first)
    expect(await configOf('first')).toEqual({ generation: '1', partitions: '4', createdAt })
  })

  it('are 16 partitions where nobody says another number', async () => {
    expect(await openNamespace(client, { namespace: 'plain' })).toMatchObject({ partitions: 16 })
  })

  it('are not changed by a process that was told another number: it does not start', async () => {
    const { createdAt } = await openNamespace(client, { namespace: 'fixed', partitions: 4 })
    const other = openNamespace(client, { namespace: 'fixed', partitions: 8 })
    await expect(other).rejects.toMatchObject({ code: 'RELAY_NAMESPACE_MISMATCH' })
    await expect(other).rejects.toThrow('fixed has 4 partitions, and this process was told 8')
    expect(await configOf('fixed')).toEqual({ generation: '1', partitions: '4', createdAt })
  })

  it('are the same for all of many first processes', async () => {
    const counts = [2, 3, 5, 7]
    const opened = await Promise.allSettled(
      counts.map((partitions) => openNamespace(client, { namespace: 'race', partitions })),
    )
    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(counts).toContain(Number((await configOf('race'))['partitions']))
  })

  it('keep what a worker has bound to the namespace before a producer came', async () => {
    const { config } = namespaceKeys('bound')
    await client.hset(config, 'workspace', 'abc')
    await openNamespace(client, { namespace: 'bound' })
    expect(await configOf('bound')).toMatchObject({ workspace: 'abc', partitions: '16' })
  })

  it('have a time also where older code, or a service in another language, wrote none', async () => {
    const { config } = namespaceKeys('older')
    await client.hset(config, { generation: '1', partitions: '4' })
    const first = await openNamespace(client, { namespace: 'older' })
    expect(first).toMatchObject({
      partitions: 4,
      createdAt: expect.stringMatching(/^[0-9]{16}$/) as string,
    })
    expect(await openNamespace(client, { namespace: 'older' })).toEqual(first)
  })

  it('that are damaged are said to be damaged', async () => {
    await client.hset(namespaceKeys('damaged').config, 'partitions', 'many', 'generation', '1')
    const opened = openNamespace(client, { namespace: 'damaged' })
    await expect(opened).rejects.toThrow('are damaged (key {relay:damaged}:config)')
  })

  it.each([
    { namespace: '' },
    { namespace: 'Production' },
    { namespace: 'a'.repeat(33) },
    { namespace: 'a}:b' },
    { namespace: 'ok', partitions: 0 },
    { namespace: 'ok', partitions: 1.5 },
    { namespace: 'ok', partitions: 5000 },
  ])('%j cannot be', async (options) => {
    const opened = openNamespace(client, options)
    await expect(opened).rejects.toMatchObject({ code: 'RELAY_CONFIG_INVALID' })
  })
})
