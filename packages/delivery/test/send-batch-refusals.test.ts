// Refused batches: halved down to the guilty event, which dies only when the refusal is believable.
import type { ResponseClass, TrackEvent } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { deferred } from '../src/deferred.ts'
import { track } from './events.ts'
import { DELIVERED, refusal, UNAVAILABLE } from './scripted-destination.ts'
import type { Answer } from './scripted-destination.ts'
import { batchOf, setupSender } from './sender-setup.ts'

const events = Array.from({ length: 8 }, (_, index) => track(`customer-${index}`))
const idsOf = (list: readonly TrackEvent[]): string[] => list.map(({ id }) => id)

/** Refuses each request that carries the event. */
const refuses =
  (guilty: TrackEvent, response: ResponseClass): Answer =>
  ({ operations }) =>
    operations.some(({ id }) => id === guilty.id) ? response : DELIVERED

const unclear = (said: object): ResponseClass => ({
  kind: 'item_errors_unclear',
  rejection: { status: 207, ...said },
})

test('a refused batch goes again in halves until the guilty event stands alone; only that one dies', async () => {
  const { destination, session, send } = setupSender()
  destination.answer = refuses(events[5]!, refusal())
  await send(batchOf(...events))
  const ids = idsOf(events)
  expect(destination.batches).toEqual([
    ids,
    ids.slice(0, 4),
    ids.slice(4),
    ids.slice(4, 6),
    [ids[4]],
    [ids[5]],
    ids.slice(6),
  ])
  expect(session.settled).toEqual(ids.map((id, at) => [id, at === 5 ? 'dead' : 'delivered']))
})

test('every event of a batch that is wholly bad dies, each with what was said about it alone', async () => {
  const { destination, session, send } = setupSender()
  destination.answer = () => refusal()
  await send(batchOf(...events))
  expect(session.settled).toEqual(idsOf(events).map((id) => [id, 'dead']))
  expect(session.outcomes[0]?.record).toMatchObject({
    reason: 'rejected',
    status: 400,
    attempts: 4,
  })
})

test('an event that is too large alone dies as oversize', async () => {
  const { destination, session, send } = setupSender()
  destination.answer = () => ({ ...refusal(), reason: 'oversize' }) as ResponseClass
  await send(batchOf(events[0]!))
  expect(session.outcomes[0]?.record?.reason).toBe('oversize')
})

test('the second half waits until the settles of the first are acknowledged', async () => {
  const { clock, destination, session, sender } = setupSender()
  const acknowledgement = deferred()
  session.acknowledgement = acknowledgement.promise
  const [first, second] = [track('a'), track('a')]
  destination.answer = ({ operations }) => (operations.length > 1 ? refusal() : DELIVERED)
  const sending = sender.send(batchOf(first, second))
  await clock.advance(60_000)
  expect(destination.batches).toEqual([[first.id, second.id], [first.id]])
  acknowledgement.resolve()
  await clock.until(sending)
  expect(destination.batches.at(-1)).toEqual([second.id])
})

test('when the session ends between the halves the second is not sent', async () => {
  const { destination, session, send } = setupSender()
  destination.answer = ({ operations }) => {
    if (operations.length === 1) session.ended.abort()
    return operations.length > 1 ? refusal() : DELIVERED
  }
  await send(batchOf(events[0]!, events[1]!))
  expect(destination.batches).toEqual([idsOf(events.slice(0, 2)), [events[0]!.id]])
})

test('an outage in the middle of halving is waited for; nothing dies of it', async () => {
  const { destination, session, send } = setupSender()
  const answer = refuses(events[1]!, refusal())
  destination.answer = (sent, index) => (index % 2 === 1 ? UNAVAILABLE : answer(sent, index))
  await send(batchOf(...events))
  expect(session.settled.filter(([, outcome]) => outcome === 'dead')).toEqual([
    [events[1]!.id, 'dead'],
  ])
  expect(session.outcomes).toHaveLength(8)
})

test('an event refused in words that are not the destination’s own is put aside, and that is told', async () => {
  const { destination, recorder, session, send } = setupSender()
  destination.answer = () => refusal(false)
  const batch = batchOf(events[0]!)
  await send(batch)
  expect(session.aside).toEqual([{ pending: batch[0]!.pending, delayMs: 500 }])
  expect([session.outcomes, recorder.pauses]).toEqual([[], ['refuses_everything']])
})

test('it lives as long as nothing else is accepted, and dies when others were, again and again', async () => {
  const { destination, session, send } = setupSender()
  const guilty = batchOf(events[0]!)
  destination.answer = refuses(events[0]!, refusal(false))
  for (let time = 0; time < 20; time += 1) await send(guilty)
  expect([session.aside.length, session.outcomes]).toEqual([20, []])
  let rounds = 0
  while (session.outcomes.every(({ outcome }) => outcome !== 'dead') && rounds < 100) {
    rounds += 1
    await send(batchOf(track('other')))
    await send(guilty)
  }
  expect(session.settled.at(-1)).toEqual([events[0]!.id, 'dead'])
  // One acceptance proves nothing: the endpoint may refuse every second request.
  expect(rounds).toBeGreaterThan(3)
  expect(session.outcomes.at(-1)?.record?.attempts).toBe(20 + rounds)
})

test('what was accepted before the first refusal proves nothing', async () => {
  const { destination, session, send } = setupSender()
  destination.answer = refuses(events[0]!, refusal(false))
  await send(batchOf(events[1]!))
  await send(batchOf(events[0]!))
  expect(session.aside).toHaveLength(1)
})

test('behind an event that is put aside its customer’s later ones are put aside too, in order', async () => {
  const { destination, session, send } = setupSender()
  const run = [track('a'), track('a'), track('a')]
  const other = track('b')
  destination.answer = refuses(run[1]!, refusal(false))
  await send(batchOf(...run, other))
  expect(destination.applied.map(({ id }) => id)).toEqual([run[0]!.id, other.id])
  expect(session.aside.map(({ pending }) => pending.event.id)).toEqual(idsOf(run.slice(1)))
})

test('item errors that name no item: the batch goes again in halves, and may be delivered', async () => {
  const { destination, session, send } = setupSender()
  destination.answer = refuses(events[0]!, unclear({ reason: 'invalid', message: 'no' }))
  await send(batchOf(events[0]!, events[1]!))
  expect(destination.batches).toHaveLength(3)
  expect(session.settled).toEqual([
    [events[0]!.id, 'dead'],
    [events[1]!.id, 'delivered'],
  ])
  // A 207 accepts whatever it does not name.
  expect(session.outcomes[0]?.record).toMatchObject({ maybeDelivered: true, message: 'no' })
})

test.each([{ reason: 'required' }, { field: 'name' }])(
  'an item error about a single event that says %o kills it without naming it',
  async (said) => {
    const { destination, session, send } = setupSender()
    destination.answer = () => unclear(said)
    await send(batchOf(events[0]!))
    expect(session.settled).toEqual([[events[0]!.id, 'dead']])
    expect(session.outcomes[0]?.record?.maybeDelivered).toBe(false)
  },
)

test.each([{}, { message: 'try again later' }])(
  'an item error about a single event that says only %o is not believed at once',
  async (said) => {
    const { destination, session, send } = setupSender()
    destination.answer = () => unclear(said)
    await send(batchOf(events[0]!))
    expect([session.outcomes, session.aside.length]).toEqual([[], 1])
  },
)
