// docs/errors.md and the table of codes are one: neither has what the other lacks.

import { expect, it } from 'vitest'

import { ERROR_CODES, RelayError } from '../src/index.ts'
import type { ErrorCode } from '../src/index.ts'
import { readDocument, tableRows } from './document.ts'

const codes = Object.entries(ERROR_CODES).map(([code, { retryable, meaning, remedy }]) => {
  return [code, retryable ? 'yes' : 'no', meaning, remedy]
})

const [, ...documented] = tableRows(readDocument('errors.md'))

it('docs/errors.md shows every code of the table, with the same words', () => {
  expect(documented).toEqual(expect.arrayContaining(codes))
})

it('an error has the remedy of its code', () => {
  const remedies = Object.keys(ERROR_CODES).map(
    (code) => new RelayError(code as ErrorCode, 'x').remedy,
  )
  expect(remedies).toEqual(codes.map(([, , , remedy]) => remedy))
  expect(new Set(remedies).size).toBeGreaterThan(5)
})

it('docs/errors.md shows no code that the table lacks', () => {
  expect(codes).toEqual(expect.arrayContaining(documented))
})
