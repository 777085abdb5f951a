// The signal's manners on a bad connection, with a client that is scripted.
import { EventEmitter } from 'node:events'

import type { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { WorkSignal } from '../src/index.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A connection whose pops end after a millisecond as `pop` says. */
class ScriptedClient extends EventEmitter {
  status = 'ready'
  pops = 0
  #cut: () => void = () => undefined
  readonly #pop: () => [string, string, string] | null

  constructor(pop: () => [string, string, string] | null) {
    super()
    this.#pop = pop
  }

  async client(): Promise<number> {
    return 7
  }

  async bzpopmin(): Promise<[string, string, string] | null> {
    this.pops += 1
    await new Promise((resolve, reject) => {
      setTimeout(resolve, 1)
      this.#cut = () => reject(new Error('Connection is closed.'))
    })
    return this.#pop()
  }

  disconnect(): void {
    this.status = 'end'
    this.#cut()
    this.emit('end')
  }
}

const setup = (pop: () => [string, string, string] | null) => {
  const client = new ScriptedClient(pop)
  const signal = new WorkSignal(client as unknown as Redis, async () => 0)
  return { client, signal }
}

const refuse = (): never => {
  throw new Error('MISCONF Redis is configured to save')
}

test('a Redis that refuses every pop is asked a few times a second, not as fast as it answers', async () => {
  const { client, signal } = setup(refuse)
  signal.wait('marker', () => undefined)
  await vi.advanceTimersByTimeAsync(1000)
  expect(client.pops).toBeGreaterThanOrEqual(2)
  expect(client.pops).toBeLessThanOrEqual(5)
  await signal.stop()
})

test('a connection that is lost again and again gathers no listeners', async () => {
  const { client, signal } = setup(refuse)
  signal.wait('marker', () => undefined)
  for (let time = 0; time < 30; time += 1) {
    client.status = 'reconnecting'
    await vi.advanceTimersByTimeAsync(1)
    client.status = 'ready'
    client.emit('ready')
    await vi.advanceTimersByTimeAsync(1)
  }
  expect(client.pops).toBeGreaterThanOrEqual(10)
  expect(client.listenerCount('ready')).toBeLessThanOrEqual(1)
  expect(client.listenerCount('end')).toBeLessThanOrEqual(1)
  await signal.stop()
  expect(client.listenerCount('end')).toBe(0)
})

test('a popped marker wakes the partition that waits for it, once', async () => {
  let popped: [string, string, string] | null = ['one', '0', '0']
  const { signal } = setup(() => popped)
  const woken: string[] = []
  signal.wait('one', () => woken.push('one'))
  signal.wait('two', () => woken.push('two'))
  await vi.advanceTimersByTimeAsync(10)
  expect(woken).toEqual(['one'])
  popped = null
  await signal.stop()
})

test('stopping ends the loop while the connection is away', async () => {
  const { client, signal } = setup(refuse)
  signal.wait('marker', () => undefined)
  client.status = 'reconnecting'
  await vi.advanceTimersByTimeAsync(1)
  await signal.stop()
  const { pops } = client
  await vi.advanceTimersByTimeAsync(5000)
  expect(client.pops).toBe(pops)
})
