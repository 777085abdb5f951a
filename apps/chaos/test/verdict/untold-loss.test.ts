import { expect, test } from 'vitest'

import { untoldLoss } from '../../src/verdict/untold-loss.ts'

const inPeace = { code: 0, signal: null }
const killed = { code: null, signal: 'SIGKILL' } as const
const told = '{"event":"redis.emptied"}'
const other = '{"event":"worker.stopped"}'

test('a lost disk that no worker told of is found where one that knew of it ended in peace', () => {
  expect(untoldLoss([killed, inPeace], [other])).toHaveLength(1)
  expect(untoldLoss([killed, inPeace], [other, told])).toEqual([])
})

test('nobody has to tell of it who did not live to see it, or knew nothing', () => {
  expect(untoldLoss([killed, { code: 134, signal: null }], [other])).toEqual([])
  expect(untoldLoss([], [other])).toEqual([])
})
