// When requests may go: always while the endpoint answers, one at a time while it does not.
import { expect, test } from 'vitest'

import { CircuitBreaker, OPEN_AFTER, PROBE_CAP_MS } from '../src/circuit-breaker.ts'
import type { Permit } from '../src/circuit-breaker.ts'
import { FakeClock, idle } from './fake-clock.ts'
import { Recorder } from './recorder.ts'

const setup = () => {
  const clock = new FakeClock()
  const observer = new Recorder()
  const told = { closed: 0 }
  const closed = (): void => {
    told.closed += 1
  }
  const breaker = new CircuitBreaker({ clock, random: () => 1, observer, closed })
  const never = new AbortController().signal
  const enter = async (): Promise<Permit> => {
    const permit = await clock.until(breaker.enter(never))
    if (permit === null) throw new Error('no permit')
    return permit
  }
  const fail = async (times: number): Promise<void> => {
    for (let count = 0; count < times; count += 1) breaker.leave(await enter(), 'down', '503')
  }
  /** Lines up so many requests; those that were let through stand in `let`. */
  const lineUp = (count: number, signal = never) => {
    const through: { readonly index: number; readonly permit: Permit | null }[] = []
    for (let index = 0; index < count; index += 1) {
      void breaker.enter(signal).then((permit) => through.push({ index, permit }))
    }
    return through
  }
  return { clock, observer, told, breaker, enter, fail, lineUp }
}

test('it opens after failures in a row, and says so once', async () => {
  const { breaker, fail, observer } = setup()
  await fail(OPEN_AFTER - 1)
  expect([breaker.state, observer.pauses]).toEqual(['closed', []])
  await fail(1)
  expect([breaker.state, observer.pauses]).toEqual(['open', ['destination']])
  await fail(3)
  expect([breaker.state, observer.pauses]).toEqual(['open', ['destination']])
})

test('an accepted request between failures keeps it closed', async () => {
  const { breaker, enter, fail } = setup()
  await fail(OPEN_AFTER - 1)
  breaker.leave(await enter(), 'up')
  await fail(OPEN_AFTER - 1)
  expect(breaker.state).toBe('closed')
})

test('open, it lets one request through at a time, in the order of the line', async () => {
  const { breaker, clock, fail, lineUp } = setup()
  await fail(OPEN_AFTER)
  const through = lineUp(3)
  await clock.advance(PROBE_CAP_MS)
  expect(through.map(({ index }) => index)).toEqual([0])
  breaker.leave(through[0]!.permit!, 'down')
  await clock.advance(PROBE_CAP_MS)
  expect(through.map(({ index }) => index)).toEqual([0, 1])
})

test('the waits between probes double up to ten seconds, and a wait that was asked for is kept', async () => {
  const { breaker, clock, enter, fail } = setup()
  await fail(OPEN_AFTER)
  const waits: number[] = []
  for (let count = 0; count < 7; count += 1) {
    const before = clock.monotonic()
    breaker.leave(await enter(), 'down', '503', count === 6 ? 45_000 : 0)
    waits.push(clock.monotonic() - before)
  }
  const last = clock.monotonic()
  await enter()
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, PROBE_CAP_MS, PROBE_CAP_MS])
  expect(clock.monotonic() - last).toBe(45_000)
})

test('a probe that is accepted closes it for everybody in line, and the rate begins small', async () => {
  const { breaker, clock, fail, lineUp, observer, told } = setup()
  await fail(OPEN_AFTER)
  const through = lineUp(3)
  await clock.advance(500)
  breaker.leave(through[0]!.permit!, 'up')
  await idle()
  expect(through.map(({ permit }) => permit?.isProbe)).toEqual([true, false, false])
  expect([breaker.state, told.closed, observer.resumes]).toEqual(['closed', 1, ['destination']])
})

test('a probe that was not sent after all leaves its place to the next in line', async () => {
  const { breaker, clock, fail, lineUp } = setup()
  await fail(OPEN_AFTER)
  const through = lineUp(2)
  await clock.advance(500)
  breaker.leave(through[0]!.permit!, 'unknown')
  await idle()
  expect(through.map(({ index }) => index)).toEqual([0, 1])
})

test('requests that left before it opened do not count against it again, and one that is accepted closes it', async () => {
  const { breaker, enter, fail } = setup()
  const [late, good] = [await enter(), await enter()]
  await fail(OPEN_AFTER)
  const before = breaker.state
  breaker.leave(late, 'down')
  expect([before, breaker.state]).toEqual(['open', 'open'])
  breaker.leave(good, 'up')
  expect(breaker.state).toBe('closed')
})

test('who gives up in the line holds nobody else up', async () => {
  const { breaker, clock, fail, lineUp } = setup()
  await fail(OPEN_AFTER)
  const end = new AbortController()
  const gone = lineUp(2, end.signal)
  const stays = lineUp(1)
  end.abort()
  await idle()
  expect(gone.map(({ permit }) => permit)).toEqual([null, null])
  await clock.advance(500)
  expect(stays.map(({ permit }) => permit?.isProbe)).toEqual([true])
  expect(breaker.state).toBe('probing')
})
