// The jobs of a rolling upgrade: today's worker holds the newer ones, and delivers the older ones in today's words.

import { decodeJob, judgeEvent } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { newerEvent, newerJob, olderJob } from '../../src/load/version-jobs.ts'
import { trackingPlan } from '../../src/load/shop-plan.ts'

const place = { namespace: 'chaos', partitions: 4, key: 'job-1', atMs: 0, occurredAt: Date.now() }

/** What a worker makes of data. */
function judged(data: unknown, count: number): unknown[] {
  const job = decodeJob(JSON.stringify(data), count, 'chaos')
  if (job.kind !== 'events') return [job.kind]
  expect(job).not.toHaveProperty('producer')
  return job.positions.map((position) =>
    position.kind === 'event' ? judgeEvent(position.event, trackingPlan, Date.now()) : position,
  )
}

test('what an older service leaves is delivered, each event once', () => {
  const { data, count, calls } = olderJob(place)
  expect(JSON.stringify(data)).toContain('"url"')
  expect(judged(data, count)).toMatchObject(
    calls.map(({ id }) => ({ kind: 'valid', event: { id, data: { page: 'job-1' } } })),
  )
  expect(calls.map(({ planted }) => planted)).toEqual([undefined, undefined])
})

test('what is newer is held, and is delivered once it is readable', () => {
  expect(judged(newerJob(place).data, 1)).toEqual(['newer_format'])
  expect(judged(newerEvent(place).data, 1)).toMatchObject([{ kind: 'newer' }])
  for (const { readable } of [newerJob(place), newerEvent(place)]) {
    expect(judged(readable, 1)).toMatchObject([{ kind: 'valid' }])
  }
})
