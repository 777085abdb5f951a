// docs/lifecycle.md draws the changes of a commit that the code allows, and no others.
import { readFileSync } from 'node:fs'

import { readDiagram } from '@retention-relay/testkit'
import { expect, test } from 'vitest'

import { LANE_EDGES } from '../src/commit/lane.ts'

test('a commit', () => {
  const text = readFileSync(new URL('../../../docs/lifecycle.md', import.meta.url), 'utf8')
  const drawn = readDiagram(text, 'A commit')
  expect({ closed: [], ...drawn }).toEqual(LANE_EDGES)
})
