// Claimed jobs until they are decoded.
import { dedupeMember, jobName, replayJobName } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { Inbox } from '../src/inbox.ts'
import type { Decoded } from '../src/inbox.ts'
import { claimedJob, NAMESPACE, track } from './events.ts'

const events = [track('a'), track('b'), track('c')]
const data = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

const setup = (...jobs: ReturnType<typeof claimedJob>[]) => {
  const inbox = new Inbox(NAMESPACE)
  for (const job of jobs) inbox.add(job)
  const next = (): Extract<Decoded, { kind: 'job' }> => {
    const decoded = inbox.decodeNext()
    if (decoded?.kind !== 'job') throw new Error('no job')
    return decoded
  }
  return { inbox, next }
}

test('jobs come out in the order in which they were added, each with its events and their positions', () => {
  const { inbox, next } = setup(claimedJob(events.slice(0, 2)), claimedJob(events.slice(2)))
  expect(inbox.events).toBe(3)
  const first = next()
  expect(first.events.map(({ event, position }) => [event, position])).toEqual([
    [events[0], 0],
    [events[1], 1],
  ])
  expect(first.events[0]?.member).toBe(dedupeMember(events[0]!.id))
  expect([inbox.events, next().events[0]?.event]).toEqual([1, events[2]])
  expect([inbox.events, inbox.decodeNext()]).toEqual([0, null])
})

test('positions that are settled already are skipped and not counted as open', () => {
  const { inbox, next } = setup(claimedJob(events, { settled: 'd-x' }))
  expect(inbox.events).toBe(1)
  const { job, events: open } = next()
  expect([job.open, job.count, open.map(({ position }) => position)]).toEqual([1, 3, [1]])
})

test('a damaged position is dead, with what is wrong with it; its neighbours are not', () => {
  const damaged = { ...events[1], occurredAt: 'yesterday' }
  const job = claimedJob(events, {
    data: data({ v: 1, ns: NAMESPACE, events: [events[0], damaged, events[2]] }),
  })
  const { events: open, dead } = setup(job).next()
  expect(open.map(({ position }) => position)).toEqual([0, 2])
  expect(dead).toMatchObject([
    { position: 1, reason: 'malformed', member: dedupeMember(`${job.id}.1`) },
  ])
  expect(dead[0]?.fault).toContain('occurredAt')
})

test('of a job that cannot be read at all each position that its name tells is dead', () => {
  const job = claimedJob(events, { data: Buffer.from('{"v":1,') })
  const { events: open, dead } = setup(job).next()
  expect(open).toEqual([])
  expect(dead.map(({ position, reason }) => [position, reason])).toEqual(
    [0, 1, 2].map((position) => [position, 'malformed']),
  )
})

test('a job of another namespace is dead, with the events’ own ids', () => {
  const job = claimedJob(events.slice(0, 1), {
    data: data({ v: 1, ns: 'staging', events: events.slice(0, 1) }),
  })
  const { dead } = setup(job).next()
  expect(dead).toMatchObject([
    { reason: 'wrong_environment', member: dedupeMember(events[0]!.id), position: 0 },
  ])
  expect(dead[0]?.fault).toContain('staging')
})

test('a job of a newer format stays where it is, and what is behind it waits', () => {
  const newer = claimedJob(events.slice(0, 1), { data: data({ v: 2, rows: [] }) })
  const { inbox } = setup(newer, claimedJob(events.slice(1)))
  expect(inbox.decodeNext()).toEqual({ kind: 'newer_format', version: 2 })
  expect(inbox.decodeNext()).toEqual({ kind: 'newer_format', version: 2 })
  expect(inbox.events).toBe(3)
})

test.each([
  [jobName(3), 3],
  [replayJobName(3), 3],
  ['somebody-elses', 1],
  ['events-0', 1],
  ['events-201', 1],
])('the name %s tells of %i positions', (name, count) => {
  expect(new Inbox(NAMESPACE).add(claimedJob(events, { name })).count).toBe(count)
})

test('a job of replayed events is read like any other', () => {
  const { next } = setup(claimedJob(events, { name: replayJobName(3) }))
  expect(next().events.map(({ event }) => event)).toEqual(events)
})
