// The one door through which every request goes, while the namespace is paused.
import { expect, test } from 'vitest'

import { OPEN_AFTER } from '../src/circuit-breaker.ts'
import { EndpointGate } from '../src/endpoint-gate.ts'
import { NamespacePause } from '../src/namespace-pause.ts'
import { FakeClock, idle } from './fake-clock.ts'
import { Recorder } from './recorder.ts'
import { ScriptedDestination } from './scripted-destination.ts'

const { signal } = new AbortController()

function setup() {
  const clock = new FakeClock()
  const observer = new Recorder()
  const pause = new NamespacePause(observer)
  const destination = new ScriptedDestination()
  const gate = new EndpointGate({
    clock,
    observer,
    pause,
    destination,
    random: () => 1,
    stop: signal,
    closed: () => undefined,
  })
  const resume = () =>
    pause.register({
      pause: () => Promise.resolve(),
      register: () => Promise.resolve({ live: [], pause: null }),
    })
  /** Requests that may go, in the order in which they were let in. */
  const entered: string[] = []
  const enter = (name: string): Promise<void> =>
    gate.enter(signal).then((permit) => {
      entered.push(name)
      gate.leave(permit!, 'unknown')
    })
  return { clock, observer, destination, pause, gate, resume, entered, enter }
}

test('while the namespace is paused nobody enters, and at its end everybody does', async () => {
  const { pause, resume, entered, enter } = setup()
  pause.ask('too many rejections')
  const entering = [enter('one'), enter('other')]
  await idle()
  expect(entered).toEqual([])
  await resume()
  await Promise.all(entering)
  expect(entered).toEqual(['one', 'other'])
})

test('a pause that begins while a request waits for the circuit breaker holds it too', async () => {
  const { clock, pause, gate, resume, entered, enter } = setup()
  for (let failure = 0; failure < OPEN_AFTER; failure += 1) {
    gate.leave((await gate.enter(signal))!, 'down')
  }
  const entering = enter('one')
  await idle()
  pause.ask('too many rejections')
  await clock.advance(60_000)
  expect(entered).toEqual([])
  await resume()
  await clock.until(entering)
  expect(entered).toEqual(['one'])
})

test('with nothing left to send the endpoint is asked, and the pause ends when it answers', async () => {
  const { clock, observer, destination, gate } = setup()
  let isOut = true
  destination.probe = async () => ({ kind: isOut ? 'unreachable' : 'accepted' })
  for (let failure = 0; failure < OPEN_AFTER; failure += 1) {
    gate.leave((await gate.enter(signal))!, 'down')
  }
  await clock.advance(60_000)
  expect([gate.isOpen, observer.resumes]).toEqual([true, []])
  isOut = false
  await clock.advance(5_000)
  expect([gate.isOpen, observer.resumes]).toEqual([false, ['destination']])
})

test('while a request waits it is the request that asks', async () => {
  const { clock, destination, gate } = setup()
  let asked = 0
  destination.probe = async () => {
    asked += 1
    return { kind: 'accepted' }
  }
  for (let failure = 0; failure < OPEN_AFTER; failure += 1) {
    gate.leave((await gate.enter(signal))!, 'down')
  }
  const ask = async (): Promise<void> => {
    for (let probe = 0; probe < 6; probe += 1) gate.leave((await gate.enter(signal))!, 'down')
  }
  await clock.until(ask())
  expect([asked, gate.isOpen]).toEqual([0, true])
})
