import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  decodeJob,
  eventFault,
  JOB_FORMAT_VERSION,
  JOB_MAX_EVENTS,
  jobCount,
  jobName,
  replayJobName,
} from '../src/index.ts'
import { EVENTS } from './events.ts'

const job = (events: unknown, more: object = {}): string =>
  JSON.stringify({ v: JOB_FORMAT_VERSION, ns: 'production', events, ...more })

describe('the name of a job', () => {
  it('tells the number of its positions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: JOB_MAX_EVENTS }), (count) => {
        expect(jobCount(jobName(count))).toBe(count)
        expect(jobCount(replayJobName(count))).toBe(count)
      }),
    )
  })

  it.each([
    'events-0',
    'events-201',
    'events-1.5',
    'events--1',
    'events-01',
    'events-',
    'mail',
    '',
  ])('of %j is foreign', (name) => {
    expect(jobCount(name)).toBeNull()
  })
})

describe('a job', () => {
  it('gives back the events that were put in', () => {
    const events = Object.values(EVENTS)
    const positions = events.map((event) => ({ kind: 'event', event }))
    expect(decodeJob(job(events), events.length, 'production')).toEqual({
      kind: 'events',
      positions,
    })
  })

  it('with a damaged position keeps its neighbours, and shows what was there', () => {
    const damaged = { ...EVENTS.track, id: 'o-981' }
    const decoded = decodeJob(job([EVENTS.track, damaged, EVENTS.delete]), 3, 'production')
    expect(decoded).toEqual({
      kind: 'events',
      positions: [
        { kind: 'event', event: EVENTS.track },
        { kind: 'malformed', fault: 'id is not a ULID', raw: JSON.stringify(damaged) },
        { kind: 'event', event: EVENTS.delete },
      ],
    })
  })

  it.each([
    ['text that is not JSON', '{"v":1,'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no version', JSON.stringify({ ns: 'production', events: [EVENTS.track, EVENTS.delete] })],
    ['a version that is text', job([EVENTS.track, EVENTS.delete], { v: '1' })],
    ['no events', job(undefined)],
    ['fewer events than its name tells', job([EVENTS.track])],
    ['more events than its name tells', job([EVENTS.track, EVENTS.track, EVENTS.track])],
  ])('of %s is malformed in all the positions that its name tells', (_, text) => {
    const decoded = decodeJob(text, 2, 'production')
    expect(decoded.kind).toBe('events')
    const positions = decoded.kind === 'events' ? decoded.positions : []
    expect(positions.map(({ kind }) => kind)).toEqual(['malformed', 'malformed'])
    expect(positions[0]).toMatchObject({ raw: text })
  })

  it('always has the positions that its name tells, whatever its data holds', () => {
    const data = fc.oneof(fc.string(), fc.json())
    fc.assert(
      fc.property(data, fc.integer({ min: 1, max: 5 }), (text, count) => {
        const decoded = decodeJob(text, count, 'production')
        const positions = decoded.kind === 'newer_format' ? null : decoded.positions.length
        expect([count, null]).toContain(positions)
      }),
    )
  })

  it('of another namespace is told apart', () => {
    const decoded = decodeJob(job([EVENTS.track], { ns: 'staging' }), 1, 'production')
    expect(decoded).toMatchObject({ kind: 'wrong_namespace', namespace: 'staging' })
  })

  it('says who made it, unless what it says cannot be a producer', () => {
    const producerOf = (producer: unknown): unknown =>
      decodeJob(job([EVENTS.track], { producer }), 1, 'production')
    const read = { kind: 'events', positions: [{ kind: 'event', event: EVENTS.track }] }
    expect(producerOf('checkout@1.4.2')).toEqual({ ...read, producer: 'checkout@1.4.2' })
    for (const wrong of [undefined, null, 42, '', 'Checkout 1', 'a'.repeat(65), '\u0000', {}])
      expect(producerOf(wrong)).toEqual(read)
  })

  it('of a newer format is not read', () => {
    const text = job([EVENTS.track], { v: JOB_FORMAT_VERSION + 1 })
    const newer = { kind: 'newer_format', version: JOB_FORMAT_VERSION + 1 }
    expect(decodeJob(text, 1, 'production')).toEqual(newer)
  })
})

describe('an event', () => {
  it.each(Object.entries(EVENTS))('%s has no fault', (_, event) => {
    expect(eventFault(event)).toBeNull()
  })

  it.each([
    ['id', { ...EVENTS.track, id: EVENTS.track.id.toLowerCase() }],
    ['customerId', { ...EVENTS.track, customerId: 42 }],
    ['customerId', { ...EVENTS.track, customerId: '' }],
    ['occurredAt', { ...EVENTS.track, occurredAt: '2026-11-24' }],
    ['occurredAt', { ...EVENTS.track, occurredAt: 1.5 }],
    ['op', { ...EVENTS.track, op: 'screen' }],
    ['name', { ...EVENTS.track, name: ' ' }],
    ['data', { ...EVENTS.track, data: [] }],
    ['attributes', { ...EVENTS.identify, attributes: null }],
    ['primaryId', { ...EVENTS.merge, primaryId: '' }],
    ['device', { ...EVENTS.add_device, device: { token: 't', platform: 'web' } }],
    ['device', { ...EVENTS.delete_device, device: {} }],
    ['the event', 'order_placed'],
    ['the event', null],
  ])('with a wrong %s has a fault that names it', (field, event) => {
    expect(eventFault(event)?.startsWith(field)).toBe(true)
  })
})
