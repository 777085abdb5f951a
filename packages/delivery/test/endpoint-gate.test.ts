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
  const gate = new EndpointGate({
    clock,
    observer,
    pause,
    destination: new ScriptedDestination(),
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
  return { clock, pause, gate, resume, entered, enter }
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
