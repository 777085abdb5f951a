// Which event comes first, where calls were made again. Each case: the calls as `process event end` in the order in which
// they began, each ended before the next unless it is written with `…`; then the order in which their effects came.

import { expect, test } from 'vitest'

import type { CalledRecord, ProducerRecord } from '../../src/index.ts'
import { received, runOf, trackOf } from './small-run.ts'
import { findingsOf } from './spoil.ts'

test.each([
  ['p A ack, q B ack', 'A B', false],
  ['p A ack, q B ack', 'B A', true],
  ['p A ack…, q B ack', 'B A', false], // At the same time in two processes: no order.
  ['p A ack…, p B ack', 'B A', true], // One process: the order of its calls.
  ['p A unknown, p B ack', 'B A', true], // Stored, if at all, at its place.
  ['p A refused, p B ack, p A ack', 'B A', false],
  ['p A refused, p B ack, p A ack', 'A B', true],
  ['p A unknown, p B ack, p A ack', 'B A', false], // Either of the two calls of A stored it.
  ['p A unknown, p B ack, p A ack', 'A B', false],
  ['p A unknown, p B ack, p A unknown', 'B A', false],
  ['p A unknown, q B ack, q A ack', 'A B', false],
  ['p A unknown, q A ack, q B ack', 'B A', true],
  ['q B unknown, p A ack, p B ack', 'B A', false],
  ['p A ack, p B unknown…, q B ack', 'B A', true],
  ['q B unknown…, p A ack…, p B ack', 'B A', false], // The call of q may have stored B.
  ['p B unknown…, q A ack…, q B ack…, p A ack', 'A B', false],
  ['p A ack, q A ack, q B ack', 'B A', true],
  ['q A unknown, p A unknown, p B ack', 'B A', false], // Either process may have stored A.
  ['p A refused, q A ack, q B ack, p A ack', 'B A', true],
])('%s: effects %s are an inversion: %s', (plan, effects, isInversion) => {
  const called = callsOf(plan)
  const receipts = effects.split(' ').flatMap((id, index) => {
    const event = called.events.get(id)!
    const request = index + 1
    const at = 9_000 + index
    return [
      { kind: 'opened', request, at } as const,
      received(event, request, at),
      { kind: 'ended', request, at, ending: '200' } as const,
    ]
  })
  const history = { ...runOf([], receipts), producers: called.producers }
  const found = findingsOf(history).filter(({ kind }) => kind !== 'countFault')
  const [overtakenBy, id] = effects.split(' ')
  expect(found).toMatchObject(isInversion ? [{ kind: 'inversion', id, overtakenBy }] : [])
})

function callsOf(plan: string) {
  const events = new Map<string, CalledRecord>()
  const byProcess = new Map<string, ProducerRecord[]>()
  const late: (() => void)[] = []
  plan.split(', ').forEach((text, call) => {
    const [process = '', id = '', end = ''] = text.split(' ')
    const records = byProcess.get(process) ?? []
    byProcess.set(process, records)
    const called = { ...trackOf('a', call, 10 * call), id }
    events.set(id, called)
    records.push(called)
    const kind = end.startsWith('ack') ? 'acknowledged' : end.replace('…', '')
    const ended = { kind, call, at: 10 * call + 5, code: 'RELAY_ENQUEUE_REFUSED' } as ProducerRecord
    if (end.endsWith('…')) late.push(() => records.push({ ...ended, at: 5_000 }))
    else records.push(ended)
  })
  for (const endCall of late) endCall()
  const producers = [...byProcess].map(([process, records]) => ({ process, records }))
  return { events, producers }
}
