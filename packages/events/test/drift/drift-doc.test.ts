// docs/drift.md names the kinds of findings that there are.

import { expect, test } from 'vitest'

import { DRIFT_KINDS } from '../../src/drift/drift-finding.ts'
import { readDocument, tableRows } from '../document.ts'

test('every kind of finding has its row, the gravest first', () => {
  const rows = tableRows(readDocument('drift.md'))
  const first = rows.findIndex(([cell]) => cell === 'finding') + 1
  expect(rows.slice(first, first + DRIFT_KINDS.length).map(([kind]) => kind)).toEqual(DRIFT_KINDS)
})
