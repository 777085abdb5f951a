// 401 and 403: a probe tells whether the credentials or the content are to blame. Nothing dies of bad credentials.
import type { DestinationPort } from '../src/ports.ts'
import type { ResponseClass } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { track } from './events.ts'
import { DELIVERED } from './scripted-destination.ts'
import { batchOf, setupSender } from './sender-setup.ts'

type Verdict = Awaited<ReturnType<DestinationPort['probe']>>['kind']

const [a, b] = [track('a'), track('b')] as const

const UNAUTHORIZED: ResponseClass = {
  kind: 'unauthorized',
  status: 403,
  rejection: { status: 403, message: 'forbidden' },
}

/** Probes with these verdicts in turn, the last one for ever. */
const probes = (...verdicts: [Verdict, ...Verdict[]]) => {
  let at = -1
  const probe = async () => {
    at = Math.min(at + 1, verdicts.length - 1)
    return { kind: verdicts[at]! }
  }
  return probe
}

test('refused credentials hold the batch until they are accepted, then it goes on as it was', async () => {
  const { destination, recorder, session, send } = setupSender()
  destination.probe = probes('refused', 'refused', 'unreachable', 'accepted')
  destination.answer = (_sent, index) => (index === 0 ? UNAUTHORIZED : DELIVERED)
  await send(batchOf(a, b))
  expect(destination.batches).toEqual([
    [a.id, b.id],
    [a.id, b.id],
  ])
  expect([recorder.pauses, recorder.resumes]).toEqual([['auth'], ['auth']])
  expect(session.settled.map(([, outcome]) => outcome)).toEqual(['delivered', 'delivered'])
})

test('while credentials are refused other batches are not sent', async () => {
  const { clock, destination, gate, sender } = setupSender()
  destination.probe = probes('refused')
  destination.answer = () => UNAUTHORIZED
  const sending = [sender.send(batchOf(a)), sender.send(batchOf(b))]
  await clock.advance(3_600_000)
  expect(gate.held).toBe(true)
  expect(destination.sent).toHaveLength(2)
  destination.probe = probes('accepted')
  destination.answer = () => DELIVERED
  await clock.until(Promise.all(sending))
  expect(destination.sent).toHaveLength(4)
})

test('accepted credentials blame the content: halves, and the refused one is put aside, not killed', async () => {
  const { destination, session, send } = setupSender()
  destination.answer = ({ operations }) =>
    operations.some(({ id }) => id === a.id) ? UNAUTHORIZED : DELIVERED
  await send(batchOf(a, b))
  expect(session.aside.map(({ pending }) => pending.event.id)).toEqual([a.id])
  expect(session.settled).toEqual([[b.id, 'delivered']])
  const guilty = [...batchOf(a)].map((item) => ({ ...item, pending: session.aside[0]!.pending }))
  for (let round = 0; round < 10; round += 1) {
    await send(batchOf(track('other')))
    if (session.outcomes.every(({ outcome }) => outcome !== 'dead')) await send(guilty)
  }
  const dead = session.outcomes.find(({ outcome }) => outcome === 'dead')
  expect(dead?.record).toMatchObject({
    id: a.id,
    status: 403,
    reason: 'rejected',
  })
})

test('an unreachable probe is an outage: the batch goes again after a while', async () => {
  const { clock, destination, recorder, session, send } = setupSender()
  destination.probe = probes('unreachable')
  destination.answer = (_sent, index) => (index < 3 ? UNAUTHORIZED : DELIVERED)
  const start = clock.monotonic()
  await send(batchOf(a))
  expect(clock.monotonic() - start).toBeGreaterThanOrEqual(3500)
  expect([recorder.pauses, session.settled]).toEqual([[], [[a.id, 'delivered']]])
})
