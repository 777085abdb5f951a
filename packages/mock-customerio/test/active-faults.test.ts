import { expect, test } from 'vitest'
import { ActiveFaults, type Target } from '../src/faults/active-faults.ts'
import { readFault } from '../src/faults/read-fault.ts'
import { FAULT_KINDS } from '../src/index.ts'
import { event, FakeClock, setup } from './setup.ts'

function target(more: Partial<Target> = {}): Target {
  return { method: 'POST', path: '/api/v2/batch', hasEvent: () => false, ...more }
}

function hasEvent(name: string): boolean {
  return name === 'bad'
}

test('a fault ends after its times, the next one in line takes over', () => {
  const faults = new ActiveFaults(new FakeClock())
  faults.add({ kind: 'cut', times: 2 })
  faults.add({ kind: 'hang' })
  const taken = Array.from({ length: 3 }, () => faults.take(target())?.kind)
  expect(taken).toEqual(['cut', 'cut', 'hang'])
  expect(faults.list()).toMatchObject([{ fault: { kind: 'hang' }, hits: 1, timesLeft: null }])
})

test('a fault ends when its time is over', () => {
  const clock = new FakeClock()
  const faults = new ActiveFaults(clock)
  faults.add({ kind: 'answer', status: 401, forMs: 1_000 })
  clock.advance(999)
  expect(faults.take(target())).not.toBeNull()
  clock.advance(1)
  expect(faults.take(target())).toBeNull()
  expect(faults.list()).toEqual([])
})

test('every n-th matching request is taken, the first included', () => {
  const faults = new ActiveFaults(new FakeClock())
  faults.add({ kind: 'cut', every: 3 })
  const taken = Array.from({ length: 7 }, () => faults.take(target()) !== null)
  expect(taken).toEqual([true, false, false, true, false, false, true])
})

test('a fault leaves requests alone that do not match it', () => {
  const faults = new ActiveFaults(new FakeClock())
  const match = { method: 'POST', path: '/api/v2', eventName: 'bad' }
  faults.add({ kind: 'cut', match })
  expect(faults.take(target())).toBeNull()
  expect(faults.take(target({ hasEvent, method: 'PUT' }))).toBeNull()
  expect(faults.take(target({ hasEvent, path: '/api/v1/events' }))).toBeNull()
  expect(faults.take(target({ hasEvent }))).not.toBeNull()
})

test('cleared faults are gone, one or all', () => {
  const faults = new ActiveFaults(new FakeClock())
  const { id } = faults.add({ kind: 'cut' })
  faults.add({ kind: 'hang' })
  expect(faults.clear(id)).toBe(1)
  expect(faults.clear(id)).toBe(0)
  expect(faults.take(target())?.kind).toBe('hang')
  faults.add({ kind: 'cut' })
  expect(faults.clear()).toBe(2)
  expect(faults.take(target())).toBeNull()
})

test('a fault that matches an event name takes batches and single events that hold it', async () => {
  const { mock, call, batch } = await setup()
  mock.fault({ kind: 'answer', status: 503, match: { eventName: 'bad' } })
  expect((await batch([event('a', 'good')])).status).toBe(200)
  expect((await batch([event('a', 'good'), event('a', 'bad')])).status).toBe(503)
  expect((await call('POST', '/api/v2/entity', event('a', 'bad'))).status).toBe(503)
  expect((await call('POST', '/api/v1/customers/a/events', { name: 'bad' })).status).toBe(503)
  expect((await call('POST', '/api/v1/customers/a/events', { name: 'good' })).status).toBe(200)
})

test('a function that a fault returned ends it', async () => {
  const { mock, batch } = await setup()
  const end = mock.fault({ kind: 'answer', status: 503 })
  expect((await batch([event('a', 'x')])).status).toBe(503)
  end()
  expect((await batch([event('a', 'x')])).status).toBe(200)
})

test.each(FAULT_KINDS)('a fault of kind %s is read, with a scope', (kind) => {
  const needed = {
    answer: { status: 500 },
    redirect: { to: 'http://x' },
    'item-errors': { indexes: [] },
  }
  const own = Object.entries(needed).find(([name]) => name === kind)?.[1] ?? {}
  const fault = { kind, ...own, times: 1, forMs: 5, every: 2, match: { path: '/api' } }
  expect(readFault(fault)).toEqual({ kind: 'fault', fault })
})

test.each([
  [7, 'JSON object'],
  [{ kind: 'explode' }, 'kind must be one of slow, hang'],
  [{ kind: 'cut', time: 1 }, 'time is not a field of cut'],
  [{ kind: 'cut', times: 0 }, 'times must be a whole number from 1 up'],
  [{ kind: 'slow', delayMs: '5' }, 'delayMs must be'],
  [{ kind: 'answer' }, 'status is required by answer'],
  [{ kind: 'answer', status: 99 }, 'status must be'],
  [{ kind: 'redirect', to: 'ftp://x' }, 'to must be an http or https address'],
  [{ kind: 'redirect', to: 'http://x', status: 303 }, 'status must be one of 301, 302, 307, 308'],
  [{ kind: 'item-errors', indexes: [true] }, 'indexes must be'],
  [{ kind: 'hang', match: { name: 'x' } }, 'match must be an object of texts'],
])('a fault that is not one is refused with the reason: %j', (fault, problem) => {
  expect(readFault(fault)).toMatchObject({
    kind: 'invalid',
    problems: [expect.stringContaining(problem)],
  })
})
