// Setup: a worker at the most talkative log level, with secrets from files and in an address, and events whose every
//   part is easily recognized.
// Timeline: each thing that can become of an event happens: delivered, sent twice, refused, unreadable; and each fault
//   that is logged: a 500, a reset after the request was applied, refused credentials.
// Proves: the metrics are what happened, and equal the durable counters; no line of the output holds a payload or a
//   secret.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startMock } from '@retention-relay/mock-customerio'
import type { Mock } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

/** In everything that must not be logged. */
const MARK = 'quagga'
const API_KEY = `key-${MARK}`
const PASSWORD = `password-${MARK}`

interface Bundle {
  readonly mock: Mock
  readonly partition: PartitionOutside
  readonly worker: ObservedWorker
}

async function setup(): Promise<Bundle> {
  const redis = await startTestRedis({ port: true, onEnd: onTestFinished })
  const mock = await startMock({
    siteId: `site-${MARK}`,
    apiKey: API_KEY,
    rejectWhen: [
      {
        name: 'order_placed',
        field: 'data.coupon',
        equals: `bad-${MARK}`,
        error: {
          reason: 'invalid',
          field: 'attributes.coupon',
          message: `bad-${MARK} is no coupon`,
        },
      },
    ],
  })
  onTestFinished(() => mock.close())
  const partition = new PartitionOutside(redis, 'counts')
  await partition.redis.call('ACL', 'SETUSER', 'relay', 'on', `>${PASSWORD}`, '~*', '&*', '+@all')
  const worker = new ObservedWorker({ ...settingsOf('counts', mock), ...secrets(redis) })
  await worker.untilReady()
  return { mock, partition, worker }
}

function secrets({ port }: TestRedis): Record<string, string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'relay-secrets-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'key'), `${API_KEY}\n`)
  return {
    LOG_LEVEL: 'trace',
    REDIS_URL: `redis://relay:${PASSWORD}@127.0.0.1:${port}`,
    CUSTOMERIO_API_KEY: undefined,
    CUSTOMERIO_API_KEY_FILE: join(folder, 'key'),
  }
}

test('metrics are what happened, and nothing is logged that does not belong in a log', async () => {
  const { mock, partition, worker } = await setup()
  const settled = async (delivered: number): Promise<void> => {
    await until(() => partition.counters(), {
      accept: (counts) => counts['delivered'] === delivered,
    })
  }
  const customer = `cus-${MARK}`
  const event = track(customer, { note: MARK, [`${MARK}-field`]: 1 })

  await partition.add([event, track(`other-${MARK}`)])
  await settled(2)
  await partition.add([event])
  await partition.add([track(customer, { coupon: `bad-${MARK}` })])
  await partition.addData(1, `note ${MARK}`)
  mock.fault({ kind: 'answer', status: 500, body: MARK, times: 1 })
  await partition.add([track(customer)])
  await settled(3)
  mock.fault({ kind: 'reset-after', times: 1 })
  await partition.add([track(customer)])
  await settled(4)
  mock.configure({ apiKey: 'rotated' })
  await partition.add([track(customer)])
  await worker.log('relay.paused')
  mock.configure({ apiKey: API_KEY })
  await settled(5)

  const counters = await partition.counters()
  expect(counters).toEqual({ accepted: 8, delivered: 5, duplicate: 1, dead: 2, deaths: 2 })
  const metrics = await worker.untilMetric('relay_events_delivered_total', 5)
  const of = (name: string): number | undefined => metrics.get(`relay_${name}`)
  expect(of('events_accepted_total')).toBe(counters['accepted'])
  expect(of('events_delivered_total')).toBe(counters['delivered'])
  expect(of('events_duplicate_total')).toBe(counters['duplicate'])
  expect(of('events_dead_total{reason="rejected"}')).toBe(1)
  expect(of('events_dead_total{reason="malformed"}')).toBe(1)
  expect(of('delivery_latency_seconds_count')).toBe(5)
  expect(of('events_pending')).toBe(0)
  expect(of('oldest_event_age_seconds')).toBe(0)
  expect(of('partitions_leased')).toBe(1)
  expect(of('requests_total{outcome="retry"}')).toBe(2)
  expect(of('requests_unknown_total')).toBe(1)
  expect(of('requests_total{outcome="unauthorized"}')).toBe(1)
  expect(of('requests_total{outcome="partly_refused"}')).toBe(1)
  expect(mock.summary()).toMatchObject({ applied: 5, duplicates: 1, rejected: 1 })

  expect(await worker.process.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(worker.logged('request.answered').length).toBeGreaterThan(5)
  expect(worker.logged('event.died')).toHaveLength(2)
  expect(worker.process.lines.filter((line) => line.includes(MARK))).toEqual([])
})
