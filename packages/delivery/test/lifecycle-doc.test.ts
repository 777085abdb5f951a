// docs/lifecycle.md draws the changes of state that the code allows, and no others: by the code's tables of edges, and for a
// lease, which has no table, by whatever may happen to it.
import { readFileSync } from 'node:fs'

import { readDiagram } from '@retention-relay/testkit'
import { expect, test } from 'vitest'

import { BREAKER_EDGES } from '../src/circuit-breaker.ts'
import { CONSUMER_EDGES } from '../src/consumer.ts'
import { Lease, momentOf } from '../src/lease.ts'
import { FakeClock } from './fake-clock.ts'

const text = readFileSync(new URL('../../../docs/lifecycle.md', import.meta.url), 'utf8')

/** States with a way out, in any order. */
const sorted = (edges: Readonly<Record<string, readonly string[]>>): [string, string[]][] =>
  Object.entries(edges)
    .filter(([, to]) => to.length > 0)
    .map(([from, to]): [string, string[]] => [from, to.toSorted()])
    .toSorted(([one], [other]) => one.localeCompare(other))

test.each([
  ['A consumer', CONSUMER_EDGES],
  ['The circuit breaker', BREAKER_EDGES],
])('%s', (heading, edges) => {
  expect(sorted(readDiagram(text, heading))).toEqual(sorted(edges))
})

/** Whatever may happen to a lease. */
const HAPPENS: readonly ((lease: Lease, clock: FakeClock) => void)[] = [
  (lease, clock) => lease.extend(momentOf(clock)),
  (lease) => {
    lease.offer('worker#2')
    lease.accept('worker#2')
  },
  (lease) => lease.end(),
  (_lease, clock) => clock.jump(10_000),
  (_lease, clock) => clock.jump(0, 10_000),
  (_lease, clock) => clock.jump(0, -10_000),
]

test('A lease', () => {
  const seen: Record<string, string[]> = { held: [], over: [] }
  for (const before of [[], [...HAPPENS]]) {
    for (const happens of HAPPENS) {
      const clock = new FakeClock()
      const times = { ttlMs: 10_000, marginMs: 1_000 }
      const lease = new Lease(3, 'worker#1', momentOf(clock), clock, times)
      const state = (): string => (lease.isValid() ? 'held' : 'over')
      for (const former of before) former(lease, clock)
      const from = state()
      happens(lease, clock)
      if (!seen[from]!.includes(state())) seen[from]!.push(state())
    }
  }
  // What is over stays over: the end of the diagram.
  expect(seen['over']).toEqual(['over'])
  expect(sorted({ held: seen['held']! })).toEqual(sorted(readDiagram(text, 'A lease')))
})
