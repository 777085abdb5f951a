import { expect, test } from 'vitest'
import { event, FakeClock, identify, setup, ulid } from './setup.ts'

test('the counts of operations add up', async () => {
  const { mock, batch } = await setup({ unknownPerson: 'drop' })
  const suppress = { type: 'person', action: 'suppress', identifiers: { id: 's' } }
  await batch([identify('a'), event('a', 'x', { id: ulid(1) }), event('a', 'x', { id: ulid(1) })])
  await batch([suppress, event('s', 'x'), event('unknown', 'x'), event('a', ''), 'no object'])
  const counts = mock.summary()
  expect(counts).toMatchObject({
    received: 8,
    applied: 3,
    duplicates: 1,
    suppressed: 1,
    dropped: 1,
  })
  const { applied, duplicates, suppressed, dropped, rejected } = counts
  expect(applied + duplicates + suppressed + dropped + rejected).toBe(counts.received)
})

test('compact records keep the newest operations, the counts all of them', async () => {
  const { mock, batch } = await setup({ keepRecords: 5_000 })
  const items = Array.from({ length: 1_300 }, (_item, index) =>
    event(`c${index}`, 'x', { timestamp: index }),
  )
  for (let round = 0; round < 5; round += 1) await batch(items)
  const received = mock.received()
  expect(received).toHaveLength(5_000)
  expect(received[0]).toMatchObject({ customerId: 'c200', timestamp: 200, requestNumber: 2 })
  expect(received.at(-1)).toMatchObject({
    customerId: 'c1299',
    batchIndex: 1_299,
    requestNumber: 5,
  })
  expect(mock.received('c7').map(({ requestNumber }) => requestNumber)).toEqual([3, 4, 5])
  expect(mock.summary()).toMatchObject({ applied: 6_500, forgotten: 1_500, customers: 1_300 })
})

test('without records and payloads the counts still work', async () => {
  const { mock, batch } = await setup({ keepRecords: 0, keepPayloads: 0 })
  await batch([event('a', 'x')])
  expect(mock.received()).toEqual([])
  expect(mock.recent(10)).toEqual([])
  expect(mock.summary()).toMatchObject({ applied: 1 })
})

test('attributes come where asked for, as long as the payload is kept', async () => {
  const { mock, batch } = await setup({ keepPayloads: 2 })
  for (const n of [1, 2, 3]) await batch([event('a', 'x', { attributes: { n } })])
  const attributes = mock.received({ attributes: true }).map((operation) => operation.attributes)
  expect(attributes).toEqual([undefined, { n: 2 }, { n: 3 }])
  expect(mock.received({ limit: 1, attributes: true })).toMatchObject([{ attributes: { n: 3 } }])
  expect(mock.received('a')[2]).not.toHaveProperty('attributes')
})

test('what arrived lately is told newest first with what became of it', async () => {
  const { mock, batch } = await setup()
  await batch([identify('a', { plan: 'p' }), event('b', ''), event('a', 'x')])
  expect(mock.recent(10)).toMatchObject([
    { customerId: 'a', name: 'x', outcome: 'applied', error: null },
    { customerId: 'b', outcome: 'rejected', error: 'event name must not be blank' },
    { customerId: 'a', action: 'identify', outcome: 'applied', attributes: { plan: 'p' } },
  ])
  expect(mock.recent(10, 'b')).toHaveLength(1)
  expect(mock.recent(1)).toHaveLength(1)
})

test('a wait ends with the counts that satisfied it', async () => {
  const { mock, batch } = await setup()
  const two = mock.waitFor(({ applied }) => applied >= 2)
  await batch([event('a', 'x')])
  await batch([event('a', 'x'), event('a', 'x')])
  expect((await two).applied).toBe(3)
  expect((await mock.waitFor(() => true)).applied).toBe(3)
})

test('a wait that takes too long names the counts', async () => {
  const clock = new FakeClock()
  const { mock } = await setup({ clock })
  const waiting = mock.waitFor(({ applied }) => applied === 1, { timeoutMs: 5_000 })
  clock.advance(5_000)
  await expect(waiting).rejects.toThrow(/within 5000 ms.*"applied":0/)
})

test('a predicate that throws rejects its own wait', async () => {
  const { mock } = await setup()
  const waiting = mock.waitFor(() => {
    throw new Error('mistaken')
  })
  await expect(waiting).rejects.toThrow('mistaken')
})

test('a reset forgets what was received, people, ids, counts and faults, and keeps settings', async () => {
  const { mock, batch } = await setup()
  mock.configure({ siteId: 'other' })
  await batch([identify('a'), event('a', 'x', { id: ulid(1) })])
  const before = mock.summary()
  mock.fault({ kind: 'answer', status: 503 })
  mock.reset()
  expect(before.applied).toBe(2)
  expect(mock.summary()).toMatchObject({
    requests: 0,
    requestsByEnding: {},
    received: 0,
    customers: 0,
  })
  expect([mock.received(), mock.recent(9), mock.faults(), mock.person('a')]).toEqual([
    [],
    [],
    [],
    null,
  ])
  expect((await batch([event('a', 'x', { id: ulid(1) })])).status).toBe(200)
  expect(mock.summary()).toMatchObject({ applied: 1, duplicates: 0 })
})

test('a request in flight during a reset does not count afterwards', async () => {
  const clock = new FakeClock()
  const { mock, batch } = await setup({ clock, latencyMs: 10 })
  const answer = batch([event('a', 'x')])
  await mock.waitFor(({ applied }) => applied === 1)
  mock.reset()
  clock.advance(10)
  expect((await answer).status).toBe(200)
  expect(mock.summary()).toMatchObject({ requests: 0, requestsByEnding: {}, inFlight: 0 })
})
