import { once } from 'node:events'
import { expect, test } from 'vitest'
import { noteSequence, Customers } from '../src/ledger/customers.ts'
import { SequenceSet } from '../src/ledger/sequence-set.ts'
import {
  batchHead,
  event,
  FakeClock,
  identify,
  openSocket,
  seededRandom,
  setup,
  ulid,
} from './setup.ts'

function numbered(id: string, sequence: number, more: object = {}): object {
  return event(id, 'x', { attributes: { relay_seq: sequence }, ...more })
}

function at(timestamp: unknown): object {
  return event('a', 'x', { timestamp })
}

test('a set of sequences knows what it holds, whatever the order', () => {
  const random = seededRandom(7)
  for (let round = 0; round < 200; round += 1) {
    const known = new Set<number>()
    const set = new SequenceSet()
    for (let step = 0; step < 60; step += 1) {
      const value = Math.floor(random() * 40) - 5
      expect(set.add(value)).toBe(!known.has(value))
      known.add(value)
    }
  }
})

test('an inversion is an applied sequence below the largest, a double one that was applied', () => {
  const track = new Customers().track('a')
  const verdicts = [1, 5, 3, 5, 5, 6].map((sequence) => noteSequence(track, sequence))
  expect(verdicts.map(({ inversion }) => inversion)).toEqual([
    false,
    false,
    true,
    false,
    false,
    false,
  ])
  expect(verdicts.map(({ doubled }) => doubled)).toEqual([false, false, false, true, true, false])
})

test('inversions and doubles are counted per customer, over events and identifies', async () => {
  const { mock, batch } = await setup()
  await batch([numbered('a', 2), numbered('b', 1)])
  await batch([identify('a', { relay_seq: 1 })])
  await batch([identify('a', { relay_seq: 1 }), numbered('b', 1)])
  expect(mock.summary()).toMatchObject({ inversions: 2, doubled: 2, doubledIdentifies: 1 })
})

test('what is not applied is no inversion and no double', async () => {
  const { mock, batch } = await setup()
  await batch([numbered('a', 2, { id: ulid(1) })])
  await batch([numbered('a', 1, { id: ulid(1) }), numbered('a', 1, { name: '' })])
  await batch([event('a', 'x', { attributes: { relay_seq: 1.5 } })])
  expect(mock.summary()).toMatchObject({ inversions: 0, doubled: 0, duplicates: 1, rejected: 1 })
})

test('another field can carry the sequence', async () => {
  const { mock, batch } = await setup({ sequenceField: 'n' })
  for (const n of [2, 1]) await batch([event('a', 'x', { attributes: { n, relay_seq: 3 - n } })])
  expect(mock.summary().inversions).toBe(1)
})

test('a customer who stands more than once in a batch is counted', async () => {
  const { mock, batch } = await setup()
  await batch([event('a', 'x'), event('b', 'x'), event('a', 'x'), event('a', '')])
  await batch([event('a', 'x')])
  expect(mock.summary()).toMatchObject({ repeatedInBatch: 2, overlaps: 0 })
})

test('two open requests with one customer overlap, with different customers not', async () => {
  const clock = new FakeClock()
  const { mock, batch } = await setup({ clock, latencyMs: 10 })
  const first = batch([event('a', 'x'), event('b', 'x')])
  await mock.waitFor(({ applied }) => applied === 2)
  const second = batch([event('c', 'x')])
  expect((await mock.waitFor(({ applied }) => applied === 3)).overlaps).toBe(0)
  const third = batch([event('b', 'x'), event('a', 'x')])
  expect((await mock.waitFor(({ applied }) => applied === 5)).overlaps).toBe(2)
  clock.advance(10)
  await Promise.all([first, second, third])
})

test('a request that was opened before the answer of another overlaps with it', async () => {
  const { mock, batch } = await setup()
  const body = JSON.stringify({ batch: [event('a', 'x')] })
  const early = await openSocket(mock)
  early.write(batchHead(mock, body.length))
  await mock.waitFor(({ requests }) => requests === 1)
  await batch([event('a', 'x')])
  early.write(body)
  await once(early, 'data')
  expect(mock.summary()).toMatchObject({ applied: 2, overlaps: 1 })
})

test('requests one after the other do not overlap', async () => {
  const { mock, batch } = await setup()
  for (let round = 0; round < 20; round += 1) await batch([event('a', 'x')])
  expect(mock.summary()).toMatchObject({ applied: 20, overlaps: 0 })
})

test.each(['destroy', 'resetAndDestroy'] as const)(
  'a sender that gave up (%s) and repeats at once does not overlap with itself',
  async (giveUp) => {
    const { mock } = await setup()
    mock.fault({ kind: 'hang', apply: true })
    const body = JSON.stringify({ batch: [event('a', 'x')] })
    const first = await openSocket(mock)
    const second = await openSocket(mock)
    first.write(batchHead(mock, body.length) + body)
    await mock.waitFor(({ applied }) => applied === 1)
    // Both in one go, the repeat first: the mock finds them in one turn and reads the repeat first.
    second.write(batchHead(mock, body.length) + body)
    first[giveUp]()
    const summary = await mock.waitFor(({ applied }) => applied === 2)
    expect(summary).toMatchObject({ applied: 2, overlaps: 0 })
  },
)

test('the busiest second is the largest number of requests in any one second', async () => {
  const clock = new FakeClock()
  const { mock, batch } = await setup({ clock })
  for (const pauseMs of [0, 600, 600, 100, 100, 5_000]) {
    clock.advance(pauseMs)
    await batch([event('a', 'x')])
  }
  expect(mock.summary()).toMatchObject({ requests: 6, maxRequestsPerSecond: 4 })
})

test('a timestamp that is not unix seconds is taken and counted', async () => {
  const { mock, batch } = await setup()
  await batch([at(1_760_000_000), at(1_760_000_000_000), at('2026-01-01'), event('a', 'x')])
  expect(mock.summary()).toMatchObject({ applied: 4, oddTimestamps: 2 })
})
