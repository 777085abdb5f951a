// docs/errors.md and the table of codes are one: neither has what the other lacks.

import { expect, it } from 'vitest'

import { ERROR_CODES } from '../src/index.ts'
import { readDocument, tableRows } from './document.ts'

const codes = Object.entries(ERROR_CODES).map(([code, { retryable, meaning, remedy }]) => {
  return [code, retryable ? 'yes' : 'no', meaning, remedy]
})

const [, ...documented] = tableRows(readDocument('errors.md'))

it('docs/errors.md shows every code of the table, with the same words', () => {
  expect(documented).toEqual(expect.arrayContaining(codes))
})

it('docs/errors.md shows no code that the table lacks', () => {
  expect(codes).toEqual(expect.arrayContaining(documented))
})
