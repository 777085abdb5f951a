import { expect, test } from 'vitest'

import { ByteBudget } from '../src/byte-budget.ts'

test('held bytes are not free until they are released', () => {
  const budget = new ByteBudget(100)
  budget.hold(60)
  expect(budget.free).toBe(40)
  budget.release(60)
  expect(budget.free).toBe(100)
})

test('a job larger than what is free is counted whole', () => {
  const budget = new ByteBudget(100)
  budget.hold(150)
  expect(budget.free).toBe(-50)
})
