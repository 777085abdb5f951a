// Setup: what an older relay has left in Redis: settings without their time, a job without producer and versions, a job that
//   was partly settled, a dead letter, counters.
// Timeline: a worker of today starts on it.
// Proves: everything is delivered in order, nothing twice, and the counts go on where they stood.

import { dedupeMember } from '@retention-relay/events'
import { startMock } from '@retention-relay/mock-customerio'
import { namespaceKeys } from '@retention-relay/queue'
import { startTestRedis, until } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, identify, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

test('a worker delivers what an older relay has left', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const partition = new PartitionOutside(redis, 'older')
  const { keys, redis: client } = partition
  await client.hset(namespaceKeys('older').config, { generation: '1', partitions: '1' })
  const [delivered, open] = [track('cus_1'), track('cus_1')]
  const partly = await partition.add([delivered, open])
  await client.hset(`${keys.jobBase}${partly}`, 'rs', 'd-')
  await partition.add([identify('cus_1'), track('cus_1')])
  const letter = track('cus_2')
  const member = dedupeMember(letter.id)
  await client.zadd(keys.dead, Date.now(), member)
  const record = {
    id: letter.id,
    reason: 'rejected',
    label: letter.name,
    event: letter,
    attempts: 1,
  }
  await client.hset(`${keys.dead}:${member}`, {
    record: JSON.stringify(record),
    fingerprint: 'rejected|400||order_placed',
    state: 'dead',
    deaths: '1',
  })
  await client.hset(keys.deadGroups, 'rejected|400||order_placed', '1')
  await client.hset(keys.counters, { accepted: '3', delivered: '1', dead: '1', deaths: '1' })
  // Claimed by the older one, and put back when it stopped.
  await client.hset(`${keys.jobBase}${partly}`, 'rc', 1)

  const worker = new ObservedWorker({ ...settingsOf('older', mock), REDIS_URL: redis.url })
  await until(() => partition.open(), { accept: (jobs) => jobs === 0, what: 'no jobs' })
  expect(mock.received('cus_1').map(({ id, action }) => id ?? action)).toEqual([
    open.id,
    'identify',
    expect.any(String),
  ])
  expect(await partition.counters()).toMatchObject({ accepted: 5, delivered: 4, dead: 1 })
  expect(await partition.deadLetters()).toMatchObject([{ id: letter.id }])
  await worker.untilReady()
  expect(worker.logged('redis.emptied')).toEqual([])
})
