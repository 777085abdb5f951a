// Setup: a namespace in which everything happens that leaves a key: deliveries, a duplicate, dead letters, one that was
//   resolved, an id without its job, the tombstones of an order, a pause that a person ended, fields and ids that are
//   watched, an identify where an event demands one.
// Timeline: looked at before a worker starts, while it holds claimed jobs, and again when it has drained everything and has stopped.
// Proves: Redis holds no key that docs/keys.md does not name, each is of the type and has the expiry that it
//   says, and of the jobs nothing is left.

import { fileURLToPath } from 'node:url'

import { retentionPlan, timeRules } from '@retention-relay/events'
import { startMock } from '@retention-relay/mock-customerio'
import {
  askForTail,
  namespaceKeys,
  PauseStore,
  pauseScripts,
  ScriptRunner,
  tombstoneScripts,
  writeTombstones,
} from '@retention-relay/queue'
import { documentedKeys, startFaultProxy, startTestRedis, until } from '@retention-relay/testkit'
import type { DocumentedKey } from '@retention-relay/testkit'
import type { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { identify, PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const ROWS = documentedKeys()

/** What is wrong with the keys of a Redis; the names of the rows that were seen. */
async function look(
  client: Redis,
  mayBe: (expiry: string) => boolean,
): Promise<{ readonly faults: readonly string[]; readonly seen: readonly string[] }> {
  const faults: string[] = []
  const seen = new Set<string>()
  for (const key of await client.keys('*')) {
    const row = ROWS.find(({ pattern }) => pattern.test(key))
    if (row === undefined) {
      faults.push(`${key} is not in the document`)
      continue
    }
    seen.add(row.name)
    const [type, ttlS] = await Promise.all([client.type(key), client.ttl(key)])
    // Gone meanwhile.
    if (type === 'none' || ttlS === -2) continue
    if (type !== row.type) faults.push(`${key} is a ${type}`)
    if (!isAllowed(ttlS, row, mayBe)) faults.push(`${key} expires in ${ttlS} s`)
  }
  return { faults, seen: [...seen].toSorted() }
}

/** `ttlS` is -1 for a key that does not expire. */
function isAllowed(
  ttlS: number,
  { expiry, mostS }: DocumentedKey,
  mayBe: (expiry: string) => boolean,
): boolean {
  if (ttlS === -1) return mayBe(expiry.replace(/;.*/, ''))
  return mostS !== null && ttlS <= mostS
}

test('no key is in Redis that the document does not name, and none stays longer than it says', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock({
    rejectWhen: [{ name: 'order_placed', field: 'data.coupon', equals: 'bad' }],
  })
  onTestFinished(() => mock.close())
  const proxy = await startFaultProxy({ target: mock, onEnd: onTestFinished })
  const partition = new PartitionOutside(redis, 'keys')
  const client = partition.redis
  const bad = track('cus_1', { coupon: 'bad' })
  const [first, gone] = [track('cus_2'), await partition.add([track('cus_3')])]
  await client.del(`${partition.keys.jobBase}${gone}`)
  await partition.add([bad, first, track('cus_4', { coupon: 'bad' })])
  await partition.add([identify('cus_5')])
  await partition.add([first])
  const runner = new ScriptRunner(client, [...pauseScripts, ...tombstoneScripts])
  const pauses = new PauseStore(runner, namespaceKeys('keys'))
  await runner.load()
  await writeTombstones(runner, 'keys', timeRules(retentionPlan, 'keys').tombstonesOf(first)!)
  await pauses.pause({ detail: 'a test', by: 'nobody', at: Date.now() })
  await pauses.resume({ who: 'somebody', why: 'it is one' }, Date.now())

  await askForTail(client, 'keys')
  const before = await look(client, (expiry) => expiry !== '10 s')
  // As after its ten seconds.
  await client.del(namespaceKeys('keys').tail)
  const settings = {
    ...settingsOf('keys', mock),
    CUSTOMERIO_TRACK_URL: proxy.url('http'),
    RELAY_TRACKING_PLAN: fileURLToPath(new URL('plans/identify-first.mjs', import.meta.url)),
  }
  const request = proxy.hold('/api/v2/batch')
  const worker = new ObservedWorker({ ...settings, REDIS_URL: redis.url })
  await request.caught
  const during = await look(client, (expiry) => expiry !== '10 s')
  await request.release()
  const settled = async (dead: number): Promise<void> => {
    await until(() => partition.counters(), {
      accept: (counters) => counters['dead'] === dead && counters['duplicate'] !== undefined,
    })
  }
  await settled(2)
  mock.configure({ rejectWhen: [] })
  await partition.add([bad])
  await settled(1)
  await until(() => partition.open(), { accept: (jobs) => jobs === 0, what: 'no jobs' })
  expect(await worker.process.kill('SIGTERM')).toEqual({ code: 0, signal: null })

  const afterwards = await look(client, (expiry) => expiry === 'never' || expiry === 'when empty')
  const looks = [before, during, afterwards]
  expect(looks.flatMap(({ faults }) => faults)).toEqual([])
  expect(new Set(looks.flatMap(({ seen }) => seen))).toEqual(new Set(ROWS.map(({ name }) => name)))
  expect(afterwards.seen).toEqual([
    'N:audit',
    'N:config',
    'N:customers:<bucket>',
    'N:drift',
    'N:drift:<profile>',
    'N:drift:<profile>:<window>',
    'N:id-shapes',
    'P:counters',
    'P:dead',
    'P:dead-groups',
    'P:dead:<member>',
    'P:dedupe',
    'P:dedupe:<generation>:<bucket>',
    'P:events:events',
    'P:events:id',
    'P:events:meta',
    'P:lease-run',
    'P:orphans',
    'T:identified:<bucket>',
    'T:tombstone:<mark>',
  ])
})
