// The inbox: jobs stay bytes until they are needed, and whatever a job holds becomes as many events or dead positions as
// its name tells.
import { dedupeMember, JOB_READ_BYTES, jobName, replayJobName } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { Inbox } from '../src/inbox.ts'
import { SendHistories } from '../src/send-histories.ts'
import type { ClaimedJob, JudgeEvent } from '../src/ports.ts'
import { allValid, claimedJob, identify, NAMESPACE, suppress, track } from './events.ts'

const setup = (jobs: readonly ClaimedJob[], judge = allValid) => {
  const inbox = new Inbox(NAMESPACE, { historyOf: new SendHistories().of, judge })
  const held = jobs.map((job) => inbox.add(job))
  return { inbox, held }
}

const decode = (job: ClaimedJob, judge = allValid) => {
  const { inbox } = setup([job], judge)
  const decoded = inbox.decodeNext()
  if (decoded?.kind !== 'job') throw new Error(`decoded ${decoded?.kind}`)
  return decoded
}

const text = (data: string, name = jobName(1)) => claimedJob([], { data: Buffer.from(data), name })

/** JSON of arrays within arrays. */
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

test('jobs are decoded in the order in which they were claimed, each once', () => {
  const [one, two] = [claimedJob([track('a'), track('b')]), claimedJob([track('c')])]
  const { inbox } = setup([one, two])
  expect(inbox.events).toBe(3)
  expect(inbox.decodeNext()).toMatchObject({ job: { id: one.id }, dead: [] })
  expect(inbox.events).toBe(1)
  expect(inbox.decodeNext()).toMatchObject({ job: { id: two.id } })
  expect(inbox.decodeNext()).toBeNull()
})

test('events know their position, their job and their id in the dedupe store', () => {
  const events = [track('a'), track('b')]
  const job = claimedJob(events, { committedAt: 77 })
  const decoded = decode(job)
  expect(decoded.events).toEqual(
    events.map((event, position) => {
      const history = { attempts: 0, maybeDelivered: false }
      const common = { history, position, job: decoded.job }
      return { ...common, event, member: dedupeMember(event.id) }
    }),
  )
  expect(decoded.job).toEqual({
    id: job.id,
    count: 2,
    committedAt: 77,
    bytes: job.data.length,
    open: 2,
    maybeDelivered: false,
  })
})

test('positions that were settled before are not opened again', () => {
  const events = [track('a'), track('b'), track('c')]
  const { inbox, held } = setup([claimedJob(events, { settled: 'd-x' })])
  expect(held).toMatchObject([{ open: 1, count: 3 }])
  expect(inbox.events).toBe(1)
  expect(inbox.decodeNext()).toMatchObject({ events: [{ position: 1, event: events[1] }] })
})

test('a job whose positions are all settled is not kept, whatever it holds', () => {
  const { inbox, held } = setup([{ ...text('{"v":2}'), settled: 'd' }])
  expect(held).toMatchObject([{ open: 0, count: 1 }])
  expect([inbox.events, inbox.decodeNext()]).toEqual([0, null])
})

test('a replay is read like any job', () => {
  expect(decode(claimedJob([track('a')], { name: replayJobName(1) })).events).toHaveLength(1)
})

test('a damaged event is dead as malformed; its neighbours are not', () => {
  const good = track('a')
  const job = text(JSON.stringify({ v: 1, ns: NAMESPACE, events: [{ id: 7 }, good] }), jobName(2))
  const { events, dead } = decode(job)
  expect(events).toMatchObject([{ event: good, position: 1 }])
  expect(dead).toMatchObject([
    {
      position: 0,
      reason: 'malformed',
      fault: 'id is not a ULID',
      member: dedupeMember(`${job.id}.0`),
      content: { raw: '{"id":7}' },
    },
  ])
})

test.each(['', 'not JSON', '7', 'null', '{"v":"1"}', '{"v":1,"ns":"test","events":[]}'])(
  'a job with the data %j is dead as a whole, a letter for each event that its name tells',
  (data) => {
    const { events, dead } = decode(text(data, jobName(3)))
    expect(events).toEqual([])
    expect(dead.map(({ position, reason }) => [position, reason])).toEqual([
      [0, 'malformed'],
      [1, 'malformed'],
      [2, 'malformed'],
    ])
    expect(dead.at(0)).toMatchObject({ content: { raw: data } })
  },
)

test('a job with a foreign name is one position', () => {
  const { dead } = decode(text('{"hello":"world"}', 'greeting'))
  expect(dead).toMatchObject([{ position: 0, reason: 'malformed' }])
})

test('the events of another namespace are dead as wrong_environment, and keep their ids', () => {
  const event = track('a')
  const { dead } = decode(text(JSON.stringify({ v: 1, ns: 'staging', events: [event] })))
  expect(dead).toMatchObject([
    {
      reason: 'wrong_environment',
      fault: 'the job is of namespace staging',
      member: dedupeMember(event.id),
      content: { event },
    },
  ])
})

test('a job of a newer format stays where it is', () => {
  const { inbox } = setup([text('{"v":2}'), claimedJob([track('a')])])
  expect(inbox.decodeNext()).toEqual({ kind: 'newer_format', version: 2 })
  expect(inbox.decodeNext()).toEqual({ kind: 'newer_format', version: 2 })
  expect(inbox.events).toBe(2)
})

// JSON.parse takes any depth; JSON.stringify overflows the stack at some thousand levels. An event that could be read
// but not written again would stop its partition for good.
test.each([1000, 20_000, 500_000])(
  'an event that is nested %i levels deep is dead as malformed; its neighbours are not',
  (levels) => {
    const good = track('b')
    const deep = JSON.stringify(track('a')).replace('"data":{}', `"data":{"a":${nested(levels)}}`)
    const data = `{"v":1,"ns":"${NAMESPACE}","events":[${deep},${JSON.stringify(good)}]}`
    const { events, dead } = decode(text(data, jobName(2)))
    expect(events).toMatchObject([{ event: good }])
    expect(dead).toMatchObject([{ position: 0, reason: 'malformed', content: { raw: data } }])
    expect(dead.at(0)?.fault).toContain('nested')
  },
)

test('a deeply nested event that can still be written passes', () => {
  const event = track('a', { data: { deep: JSON.parse(nested(998)) as unknown } })
  const job = claimedJob([event])
  const [pending] = decode(job).events
  expect(JSON.stringify({ v: 1, ns: NAMESPACE, events: [pending?.event] })).toBe(String(job.data))
})

test('the good neighbour of a position that is no event and nested deeply is read', () => {
  const good = track('b')
  const data = `{"v":1,"ns":"${NAMESPACE}","events":[${nested(20_000)},${JSON.stringify(good)}]}`
  const { events, dead } = decode(text(data, jobName(2)))
  expect(events).toMatchObject([{ event: good }])
  expect(dead).toMatchObject([{ position: 0, content: { raw: data } }])
})

test('a job whose events are nested arrays instead of objects is dead as a whole', () => {
  const { events, dead } = decode(text(`{"v":1,"ns":"test","events":[${nested(20_000)}]}`))
  expect(events).toEqual([])
  expect(dead).toMatchObject([{ position: 0, reason: 'malformed' }])
})

test('bytes that are no UTF-8 are read as far as they go', () => {
  const broken = Buffer.concat([Buffer.from('{"v":1,"ns":"test","events":['), Buffer.from([0xff])])
  expect(decode(claimedJob([], { name: jobName(1), data: broken })).dead).toHaveLength(1)
})

test('a job that is too large to be read is dead position by position, with its beginning, and what is behind it goes on', () => {
  const data = Buffer.alloc(JOB_READ_BYTES + 1, '[')
  const { dead, events } = decode(claimedJob([], { name: jobName(2), data }))
  expect(events).toEqual([])
  expect(dead.map(({ position, reason }) => [position, reason])).toEqual([
    [0, 'malformed'],
    [1, 'malformed'],
  ])
  expect(dead[0]?.fault).toBe(
    `the job has ${JOB_READ_BYTES + 1} bytes, more than the ${JOB_READ_BYTES} that are read`,
  )
  expect(dead[0]?.content).toMatchObject({ raw: '['.repeat(1000) })
})

/** Judges by the event's name. */
const byName: JudgeEvent = (event) => {
  if (event.op !== 'track') return { kind: 'valid', event }
  const { name } = event
  if (name === 'bad')
    return { kind: 'invalid', fault: 'data.value: expected number (it is a string)' }
  if (name === 'odd') return { kind: 'tolerated', event, fault: 'odd in some way' }
  if (name === 'tomorrow') return { kind: 'newer', fault: 'it has version 2, the worker knows 1' }
  if (name === 'old') return { kind: 'valid', event: { ...event, name: 'new', version: 2 } }
  return { kind: 'valid', event }
}

test('an event that the tracking plan refuses is dead as invalid, as it was stored; its neighbours are not', () => {
  const [before, bad, behind] = [track('a'), track('b', { name: 'bad' }), identify('c')]
  const { events, dead } = decode(claimedJob([before, bad, behind]), byName)
  expect(events.map(({ event, position }) => [position, event])).toEqual([
    [0, before],
    [2, behind],
  ])
  expect(dead).toMatchObject([
    {
      position: 1,
      reason: 'invalid',
      fault: 'data.value: expected number (it is a string)',
      member: dedupeMember(bad.id),
      content: { event: bad },
    },
  ])
})

test('an event that is brought forward goes in its new form, under its own id', () => {
  const old = track('a', { name: 'old', data: { total: 1 } })
  const [pending] = decode(claimedJob([old]), byName).events
  expect(pending).toMatchObject({
    event: { id: old.id, name: 'new', version: 2 },
    member: dedupeMember(old.id),
  })
})

test('an event that is tolerated is delivered and knows what is wrong with it', () => {
  const { events, dead } = decode(claimedJob([track('a', { name: 'odd' }), track('b')]), byName)
  expect(events.map(({ tolerated }) => tolerated)).toEqual(['odd in some way', undefined])
  expect(dead).toEqual([])
})

test('a job with an event of a newer version stays where it is, whole', () => {
  const job = claimedJob([track('a'), track('b', { name: 'tomorrow' }), track('c')])
  const { inbox } = setup([job, claimedJob([track('d')])], byName)
  const newer = { kind: 'newer_event', fault: 'it has version 2, the worker knows 1' }
  expect([inbox.decodeNext(), inbox.decodeNext()]).toEqual([newer, newer])
  expect(inbox.events).toBe(4)
})

test('positions that were settled before are not judged', () => {
  const events = [track('a', { name: 'tomorrow' }), track('b', { name: 'bad' }), track('c')]
  const { inbox } = setup([claimedJob(events, { settled: 'dx-' })], byName)
  expect(inbox.decodeNext()).toMatchObject({ kind: 'job', events: [{ position: 2 }], dead: [] })
})

test('neither what cannot be read nor what is of another namespace is judged', () => {
  const tomorrow = track('a', { name: 'tomorrow' })
  const stray = JSON.stringify({ v: 1, ns: 'staging', events: [tomorrow] })
  const broken = JSON.stringify({ v: 1, ns: NAMESPACE, events: [{ ...tomorrow, id: 7 }] })
  expect(decode(text(stray), byName).dead).toMatchObject([{ reason: 'wrong_environment' }])
  expect(decode(text(broken), byName).dead).toMatchObject([{ reason: 'malformed' }])
})

test('a replay is judged like any job', () => {
  const job = claimedJob([track('a', { name: 'bad' })], { name: replayJobName(1) })
  expect(decode(job, byName).dead).toMatchObject([{ reason: 'invalid' }])
})

// After a kill every event of the former owner's jobs counts as one that may have been delivered.
test('an event that may have been delivered is judged like any other', () => {
  const events = [track('a', { name: 'bad' }), track('b', { name: 'old' }), suppress('c')]
  const decoded = decode(claimedJob(events, { maybeDelivered: true }), byName)
  expect(decoded.dead).toMatchObject([{ reason: 'invalid', job: { maybeDelivered: true } }])
  expect(decoded.events).toMatchObject([
    { event: { name: 'new' }, history: { maybeDelivered: true } },
    { event: { op: 'suppress' } },
  ])
})
