// What a commit leaves in a real Redis, and what its callers are told when the connection goes wrong on the way.

import { createUlidSource, decodeJob } from '@retention-relay/events'
import type { Tombstones } from '@retention-relay/events'
import { startFaultProxy, startTestRedis, until } from '@retention-relay/testkit'
import type { FaultProxy, TestRedis } from '@retention-relay/testkit'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'

import {
  awaitRedis,
  closeRedisClient,
  createRedisClient,
  openCommitter,
  openNamespace,
  partitionKeys,
  QUEUE_NAME,
  readTombstones,
} from '../src/index.ts'
import { tombstoneKey } from '../src/keys.ts'
import type { Committer, CommitterOptions, RedisClient } from '../src/index.ts'

let shared: TestRedis
beforeAll(async () => {
  shared = await startTestRedis({ onEnd: afterAll })
})

const nextUlid = createUlidSource()
let namespaces = 0

interface Setup {
  readonly committer: Committer
  readonly namespace: string
  /** The connection of the committer. */
  readonly client: RedisClient
  /** Another connection, past the proxy. */
  readonly reader: RedisClient
  readonly submit: (
    name: string,
    partition?: number,
    tombstones?: Tombstones | null,
  ) => Promise<void>
  /** Names of the stored events of a partition, oldest first, with the ids of their jobs. */
  readonly stored: (partition?: number) => Promise<{ job: string; names: string[] }[]>
}

const connect = async (url: string): Promise<RedisClient> => {
  const client = createRedisClient(url, { name: 'test' })
  onTestFinished(() => closeRedisClient(client))
  await awaitRedis(client, { timeoutMs: 10_000 })
  return client
}

const PARTITIONS = 64

const setup = async (
  redis: TestRedis = shared,
  options: Partial<CommitterOptions> & { proxy?: FaultProxy } = {},
): Promise<Setup> => {
  const name = `commit-${(namespaces += 1)}`
  const client = await connect(options.proxy?.url() ?? redis.url)
  const reader = await connect(redis.url)
  const namespace = await openNamespace(client, { namespace: name, partitions: PARTITIONS })
  const committer = await openCommitter({
    client,
    namespace,
    enqueueTimeoutMs: 10_000,
    maxPendingEvents: 1000,
    replicas: 0,
    nextUlid,
    ...options,
  })
  onTestFinished(() => committer.close())
  const submit = (
    eventName: string,
    partition = 0,
    tombstones: Tombstones | null = null,
  ): Promise<void> => {
    const event = {
      id: nextUlid(),
      customerId: 'cus_42',
      occurredAt: 1_796_000_000_123,
      op: 'track',
      name: eventName,
      data: { text: 'grüße 😀' },
    }
    const text = JSON.stringify(event)
    const bytes = Buffer.byteLength(text)
    return committer.submit({ ...event, partition, text, bytes, tombstones })
  }
  const stored: Setup['stored'] = async (partition = 0) => {
    const keys = partitionKeys({ namespace: name, generation: 1, partition })
    const ids = await reader.lrange(keys.wait, 0, -1)
    return Promise.all(
      ids.toReversed().map(async (job) => {
        const text = (await reader.hget(keys.jobBase + job, 'data')) ?? ''
        const count = (JSON.parse(text) as { events: unknown[] }).events.length
        const decoded = decodeJob(text, count, name)
        const positions = decoded.kind === 'events' ? decoded.positions : []
        const names = positions.map((at) => {
          return at.kind === 'event' && at.event.op === 'track' ? at.event.name : '?'
        })
        return { job, names }
      }),
    )
  }
  return { committer, namespace: name, client, reader, submit, stored }
}

const proxyOf = (redis: TestRedis): Promise<FaultProxy> =>
  startFaultProxy({ target: redis, onEnd: onTestFinished })

describe('a commit', () => {
  it('is one job of BullMQ that any BullMQ reads: name, id and data are those of the format', async () => {
    const { namespace, reader, submit } = await setup()
    await Promise.all([submit('a'), submit('b')])
    const { prefix } = partitionKeys({ namespace, generation: 1, partition: 0 })
    const queue = new Queue(QUEUE_NAME, { connection: reader, prefix, skipMetasUpdate: true })
    onTestFinished(() => queue.close())
    const [job] = await queue.getJobs(['waiting'])
    expect(job?.name).toBe('events-2')
    expect(job?.id).toMatch(/^c-[0-9A-Z]{26}$/)
    expect(job?.opts).toMatchObject({ jobId: job?.id })
    expect(job?.data).toMatchObject({
      v: 1,
      ns: namespace,
      events: [
        { name: 'a', data: { text: 'grüße 😀' } },
        { name: 'b', data: { text: 'grüße 😀' } },
      ],
    })
  })

  it('switches the event stream of BullMQ off', async () => {
    const { namespace, reader } = await setup()
    for (const partition of [0, 1, 2, 3]) {
      const { meta } = partitionKeys({ namespace, generation: 1, partition })
      expect(await reader.hgetall(meta)).toMatchObject({
        'opts.maxLenEvents': '0',
        version: expect.stringMatching(/^bullmq:/) as string,
      })
    }
  })

  it('comes after the tombstones of its events', async () => {
    const { submit, reader, namespace } = await setup()
    const [one, two] = ['00'.repeat(16), '01'.repeat(16)] as const
    const monitor = await (reader as Redis).monitor()
    onTestFinished(() => monitor.disconnect())
    const seen: string[] = []
    monitor.on('monitor', (_time: string, words: string[]) => seen.push(words.join(' ')))
    const stones: Tombstones = { id: 'order', marks: [one, two], occurredAt: 77, ttlMs: 60_000 }
    await submit('order_placed', 0, stones)
    const found = await readTombstones(reader, namespace, [one, two, 'ff'.repeat(16)])
    expect(found).toEqual(
      new Map([
        [one, 77],
        [two, 77],
      ]),
    )
    const placeOf = (words: RegExp): number => seen.findIndex((line) => words.test(line))
    await until(() => placeOf(/order_placed/) > -1)
    const buried = [0, 1].map((tag) =>
      placeOf(new RegExp(`^set \\{relay:${namespace}:t${tag}\\}`, 'i')),
    )
    expect(Math.min(...buried)).toBeGreaterThan(-1)
    expect(placeOf(/order_placed/)).toBeGreaterThan(Math.max(...buried))
  })

  it('of an order whose tombstones are refused is refused, and not stored', async () => {
    const { submit, reader, namespace, stored } = await setup(shared, { enqueueTimeoutMs: 500 })
    const mark = '02'.repeat(16)
    await reader.lpush(tombstoneKey(namespace, mark), 'somebody else')
    const stones: Tombstones = { id: 'order', marks: [mark], occurredAt: 77, ttlMs: 60_000 }
    await expect(submit('order_placed', 0, stones)).rejects.toMatchObject({
      code: 'RELAY_ENQUEUE_REFUSED',
    })
    expect(await stored()).toEqual([])
  })

  it('of each partition goes over one connection', async () => {
    const proxy = await proxyOf(shared)
    const { submit } = await setup(shared, { proxy })
    await Promise.all([0, 1, 2, 3].map((partition) => submit('a', partition)))
    expect(proxy.accepted).toBe(1)
  })

  it('takes calls in groups and keeps their order', async () => {
    const { submit, stored } = await setup()
    const names = Array.from({ length: 1000 }, (_, index) => `e${index}`)
    await Promise.all(names.map((name) => submit(name)))
    const jobs = await stored()
    expect(jobs.flatMap((job) => job.names)).toEqual(names)
    expect(jobs).toHaveLength(5)
  })
})

describe('when the connection is cut', () => {
  it('after Redis has stored the job: it is repeated, and stored once', async () => {
    const proxy = await proxyOf(shared)
    const { submit, stored } = await setup(shared, { proxy })
    const cut = proxy.cut({ after: 'request', match: 'events-1' })
    await submit('a')
    await cut
    await submit('b')
    expect((await stored()).map(({ names }) => names)).toEqual([['a'], ['b']])
    expect(proxy.accepted).toBe(2)
  })

  it('before Redis has seen it: it is repeated, and stored once', async () => {
    const proxy = await proxyOf(shared)
    const { submit, stored } = await setup(shared, { proxy })
    const cut = proxy.cut({ before: 'request', match: 'events-1' })
    await submit('a')
    await cut
    expect((await stored()).map(({ names }) => names)).toEqual([['a']])
  })

  it('again and again while callers go on: each event is stored once, in order', async () => {
    const proxy = await proxyOf(shared)
    const { submit, stored } = await setup(shared, { proxy })
    const names = Array.from({ length: 400 }, (_, index) => `e${index}`)
    for (const [index, name] of names.entries()) {
      if (index % 50 === 0)
        void proxy.cut(index % 100 === 0 ? { after: 'request' } : { before: 'request' })
      await Promise.all([submit(name), submit(`${name}+`)])
    }
    const expected = names.flatMap((name) => [name, `${name}+`])
    expect((await stored()).flatMap((job) => job.names)).toEqual(expected)
  })

  it('nothing is printed', async () => {
    const spies = (['log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name))
    const proxy = await proxyOf(shared)
    const { submit } = await setup(shared, { proxy })
    await proxy.cutAll()
    await submit('a')
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
  })
})

describe('when Redis is silent', () => {
  it('callers learn that nobody knows, and the event is stored once after all', async () => {
    const proxy = await proxyOf(shared)
    const { submit, stored } = await setup(shared, { proxy, enqueueTimeoutMs: 200 })
    const hold = proxy.hold('events-1')
    const first = submit('a')
    await expect(first).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_UNKNOWN', retryable: true })
    await expect(submit('b')).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_REFUSED' })
    await hold.release()
    await until(async () => submit('c').then(() => true))
    const jobs = await stored()
    expect(jobs.flatMap((job) => job.names)).toEqual(['a', 'c'])
  })

  it('the committer is closed all the same', async () => {
    const proxy = await proxyOf(shared)
    const { committer, submit } = await setup(shared, { proxy, enqueueTimeoutMs: 200 })
    const hold = proxy.hold('events-1')
    const waiting = submit('a')
    waiting.catch(() => undefined)
    await hold.caught
    await committer.close()
    await expect(waiting).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_UNKNOWN' })
    await expect(submit('b')).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_CLOSED' })
  })
})

describe('when one partition is damaged', () => {
  it('its callers learn that nobody knows, others go on, and it goes on when it is mended', async () => {
    const { submit, reader, namespace } = await setup()
    const { meta } = partitionKeys({ namespace, generation: 1, partition: 0 })
    await reader.set(meta, 'not a hash')
    const damaged = submit('a', 0)
    await expect(damaged).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_UNKNOWN' })
    await expect(damaged).rejects.toThrow('WRONGTYPE')
    await expect(submit('b', 1)).resolves.toBeUndefined()
    await reader.del(meta)
    await expect(submit('c', 0)).resolves.toBeUndefined()
  })
})

describe('when Redis is away', () => {
  it('nothing is written and callers are refused; the same committer goes on when it is back', async () => {
    const redis = await startTestRedis({ onEnd: onTestFinished })
    const { submit, client } = await setup(redis, { enqueueTimeoutMs: 1000 })
    const closed = new Promise((resolve) => client.once('close', resolve))
    await redis.kill()
    await closed
    await expect(submit('a')).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_REFUSED' })
    const ready = new Promise((resolve) => client.once('ready', resolve))
    await redis.restart()
    await ready
    await expect(submit('b')).resolves.toBeUndefined()
  })
})

describe('when Redis is full', () => {
  const MEGABYTE = 1_000_000

  it('above four fifths of maxmemory callers are held back before Redis refuses', async () => {
    const redis = await startTestRedis({ onEnd: onTestFinished })
    const reader = await connect(redis.url)
    await reader.config('SET', 'maxmemory', 20 * MEGABYTE)
    for (let part = 0; part < 16; part += 1) await reader.append('ballast', 'x'.repeat(MEGABYTE))
    const { submit } = await setup(redis)
    const refused = submit('a')
    await expect(refused).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_BACKPRESSURE' })
    await reader.del('ballast')
    await until(async () => submit('b').then(() => true))
  })

  it('at maxmemory its refusal reaches the caller as one', async () => {
    const redis = await startTestRedis({ onEnd: onTestFinished })
    const { submit, reader } = await setup(redis)
    await reader.config('SET', 'maxmemory', '1mb')
    const refused = submit('a')
    await expect(refused).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_REFUSED' })
    await expect(refused).rejects.toThrow('OOM')
  })
})

describe('with replicas', () => {
  const start = async (): Promise<{ master: TestRedis; replica: TestRedis }> => {
    const args = ['--repl-diskless-sync-delay', '0']
    const master = await startTestRedis({ port: true, args, onEnd: onTestFinished })
    const follow = ['--replicaof', `127.0.0.1 ${master.port}`]
    const replica = await startTestRedis({ args: follow, onEnd: onTestFinished })
    const reader = await connect(master.url)
    await until(async () => (await reader.info('replication')).includes('state=online'))
    return { master, replica }
  }

  it('a commit is acknowledged when they have it, and unknown when they do not', async () => {
    const { master, replica } = await start()
    const { submit, stored } = await setup(master, { replicas: 1, enqueueTimeoutMs: 2000 })
    await submit('a')
    replica.pause()
    onTestFinished(() => replica.resume())
    const short = submit('b')
    await expect(short).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_UNKNOWN' })
    await expect(short).rejects.toThrow('only 0 replicas')
    expect((await stored()).flatMap((job) => job.names)).toEqual(['a', 'b'])
  })

  it('a connection that is lost between the two steps proves nothing: both are repeated', async () => {
    const { master } = await start()
    const proxy = await startFaultProxy({
      target: { port: master.port ?? 0 },
      onEnd: onTestFinished,
    })
    const { submit, stored } = await setup(master, { replicas: 1, proxy })
    const cut = proxy.cut({ before: 'request', match: 'WAIT' })
    await submit('a')
    await cut
    expect((await stored()).flatMap((job) => job.names)).toEqual(['a'])
    expect(proxy.accepted).toBe(2)
  })

  it('commits of many partitions share one wait', async () => {
    const { master } = await start()
    const { submit, reader } = await setup(master, { replicas: 1 })
    // The answers come in as many pieces as the machine likes; without sharing each commit has a wait of its own.
    await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => submit('a', partition)))
    const calls = /cmdstat_wait:calls=(\d+)/.exec(await reader.info('commandstats'))?.[1]
    expect(Number(calls)).toBeLessThan(PARTITIONS / 2)
  })
})
