import { expect, test } from 'vitest'

import { judgeEnd } from '../../src/stage/life-end.ts'
import type { LifeEnd } from '../../src/stage/life-end.ts'

const clean = { code: 0, signal: null }
const failed = { code: 1, signal: null }
const refused = 'RELAY_REDIS_UNUSABLE: This Redis cannot be used: WRONGPASS'
const started = '{"event":"worker.started"}'

function kindOf(end: Partial<LifeEnd>): string {
  return judgeEnd({ meant: 'run', exit: clean, lines: [started], tookMs: 0, ...end }).kind
}

test('a worker that is told to stop ends with code 0 and within its deadline', () => {
  expect(kindOf({ meant: 'stopped', tookMs: 7900 })).toBe('right')
  expect(kindOf({ meant: 'stopped', tookMs: 8100 })).toBe('wrong')
  expect(kindOf({ meant: 'stopped', exit: failed })).toBe('wrong')
  expect(kindOf({ meant: 'killed', exit: { code: null, signal: 'SIGKILL' }, tookMs: 1e9 })).toBe(
    'right',
  )
})

test('one that has not begun to listen for signals is ended by Node', () => {
  const exit = { code: null, signal: 'SIGTERM' } as const
  expect(kindOf({ meant: 'stopped', exit, lines: [] })).toBe('right')
  expect(kindOf({ meant: 'stopped', exit })).toBe('wrong')
})

test('one that Redis refuses at its start is started again, and one that has started must not end by itself', () => {
  expect(kindOf({ exit: failed, lines: [refused] })).toBe('refused')
  expect(kindOf({ exit: failed, lines: [started, refused] })).toBe('wrong')
  expect(kindOf({ exit: failed })).toBe('wrong')
  expect(kindOf({})).toBe('wrong')
})
