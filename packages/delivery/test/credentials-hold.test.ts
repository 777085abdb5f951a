// What all consumers of a process know together about the endpoint.
import { expect, test } from 'vitest'

import { CredentialsHold } from '../src/credentials-hold.ts'
import { FakeClock, idle } from './fake-clock.ts'
import { Recorder } from './recorder.ts'

type Verdict = 'accepted' | 'refused' | 'unreachable'

const setup = () => {
  const clock = new FakeClock()
  const observer = new Recorder()
  const stop = new AbortController()
  const state = { verdict: 'refused' as Verdict | Error, probes: 0 }
  const probe = async () => {
    state.probes += 1
    if (state.verdict instanceof Error) throw state.verdict
    return { kind: state.verdict }
  }
  const destination = { probe }
  const gate = new CredentialsHold({
    destination,
    clock,
    random: () => 1,
    observer,
    stop: stop.signal,
  })
  const never = new AbortController().signal
  return { clock, observer, stop, state, gate, never }
}

test('as long as nothing was refused everybody passes', async () => {
  const { gate, never } = setup()
  await gate.pass(never)
  expect(gate.held).toBe(false)
})

test.each([
  ['accepted', 'content', false],
  ['unreachable', 'unreachable', false],
  ['refused', 'credentials', true],
] as const)('a probe that is %s blames %s', async (verdict, blamed, held) => {
  const { gate, state } = setup()
  state.verdict = verdict
  expect(await gate.judgeUnauthorized(401)).toBe(blamed)
  expect(gate.held).toBe(held)
})

test('a probe that throws is an unreachable endpoint', async () => {
  const { gate, state } = setup()
  state.verdict = new Error('closed')
  expect(await gate.judgeUnauthorized(401)).toBe('unreachable')
})

test('it asks ever more slowly, lets nobody pass meanwhile, and tells both ends once', async () => {
  const { clock, gate, observer, state, never } = setup()
  await Promise.all([gate.judgeUnauthorized(401), gate.judgeUnauthorized(403)])
  let passed = 0
  const passing = [1, 2].map(() => gate.pass(never).then(() => (passed += 1)))
  await clock.advance(63_500 + 10 * 60_000)
  expect([passed, state.probes]).toEqual([0, 2 + 7 + 10])
  state.verdict = new Error('a fault of the probe itself')
  await clock.advance(60_000)
  state.verdict = 'accepted'
  await clock.until(Promise.all(passing))
  expect([observer.pauses, observer.resumes, gate.held]).toEqual([['auth'], ['auth'], false])
})

test('further refusals while it holds ask no further probe', async () => {
  const { gate, state } = setup()
  await gate.judgeUnauthorized(401)
  expect(await gate.judgeUnauthorized(401)).toBe('credentials')
  expect(state.probes).toBe(1)
})

test('who gives up does not wait for the credentials', async () => {
  const { gate } = setup()
  await gate.judgeUnauthorized(401)
  const end = new AbortController()
  const passing = gate.pass(end.signal)
  end.abort()
  await passing
  expect(gate.held).toBe(true)
})

test('a stop ends the probing but does not open the gate', async () => {
  const { clock, gate, observer, state, stop } = setup()
  await gate.judgeUnauthorized(401)
  stop.abort()
  await clock.advance(3_600_000)
  expect([state.probes, gate.held, observer.resumes]).toEqual([1, true, []])
})

test('credentials that are refused after the stop hold whoever still wants to send', async () => {
  const { gate, stop } = setup()
  stop.abort()
  expect(await gate.judgeUnauthorized(401)).toBe('credentials')
  const end = new AbortController()
  let hasPassed = false
  const passing = gate.pass(end.signal).then(() => (hasPassed = true))
  await idle()
  expect([gate.held, hasPassed]).toEqual([true, false])
  end.abort()
  await passing
})
