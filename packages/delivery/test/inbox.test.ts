// The inbox: jobs stay bytes until they are needed, and whatever a job holds becomes as many events or dead positions as
// its name tells.
import { dedupeMember, JOB_READ_BYTES, jobName, replayJobName } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { Inbox } from '../src/inbox.ts'
import { SendHistories } from '../src/send-histories.ts'
import { claimedJob, NAMESPACE, track } from './events.ts'

const setup = (...jobs: ReturnType<typeof claimedJob>[]) => {
  const inbox = new Inbox(NAMESPACE, new SendHistories().of)
  const held = jobs.map((job) => inbox.add(job))
  return { inbox, held }
}

const decode = (...jobs: ReturnType<typeof claimedJob>[]) => {
  const { inbox } = setup(...jobs)
  const decoded = inbox.decodeNext()
  if (decoded?.kind !== 'job') throw new Error(`decoded ${decoded?.kind}`)
  return decoded
}

const text = (data: string, name = jobName(1)) => claimedJob([], { data: Buffer.from(data), name })

/** JSON of arrays within arrays. */
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

test('jobs are decoded in the order in which they were claimed, each once', () => {
  const [one, two] = [claimedJob([track('a'), track('b')]), claimedJob([track('c')])]
  const { inbox } = setup(one, two)
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
  const { inbox, held } = setup(claimedJob(events, { settled: 'd-x' }))
  expect(held).toMatchObject([{ open: 1, count: 3 }])
  expect(inbox.events).toBe(1)
  expect(inbox.decodeNext()).toMatchObject({ events: [{ position: 1, event: events[1] }] })
})

test('a job whose positions are all settled is not kept, whatever it holds', () => {
  const { inbox, held } = setup({ ...text('{"v":2}'), settled: 'd' })
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
  const { inbox } = setup(text('{"v":2}'), claimedJob([track('a')]))
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
