// docs/lifecycle.md draws the changes of state that the code allows, and no others.
import { readFileSync } from 'node:fs'

import { readDiagram } from '@retention-relay/testkit'
import { expect, test } from 'vitest'

import { BREAKER_EDGES } from '../src/circuit-breaker.ts'
import { CONSUMER_EDGES } from '../src/consumer.ts'

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
