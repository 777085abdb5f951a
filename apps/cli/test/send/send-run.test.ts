// A run of `relay send` against a producer that refuses, does not answer, or hangs, as the test says.

import { RelayError } from '@retention-relay/events'
import { EnqueueError } from '@retention-relay/producer'
import type { EnqueueResult } from '@retention-relay/producer'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import type { Line } from '../../src/send/lines.ts'
import type { SendInput } from '../../src/send/parse-line.ts'
import { SendRun, WINDOW_LINES } from '../../src/send/send-run.ts'
import type { SendParts } from '../../src/send/send-run.ts'

type Fate = 'stored' | 'refused' | 'unknown' | 'invalid'

interface Setup {
  run: SendRun
  /** Stored events by customer, in the order in which they were stored. */
  stored: Map<string, SendInput[]>
  /** Every event of every call. */
  calls: SendInput[][]
  rejects: { line: number; code: string }[]
  stopped: () => boolean
  advance: (ms: number) => void
}

function setup(fateOf: (input: SendInput) => Fate, parts: Partial<SendParts> = {}): Setup {
  const stored: Setup['stored'] = new Map()
  const calls: SendInput[][] = []
  const rejects: Setup['rejects'] = []
  let nowMs = 0
  let stopped = false
  const run = new SendRun({
    enqueue: async (events) => {
      calls.push([...events])
      return events.map((input) => resultOf(fateOf(input), input, stored))
    },
    rejects: {
      add: ({ number }, { code }) => void rejects.push({ line: number, code }),
      flushed: async () => undefined,
    },
    progress: () => undefined,
    stopReading: () => (stopped = true),
    retryForMs: 60_000,
    monotonicMs: () => nowMs,
    pause: async (delayMs) => (nowMs += delayMs),
    ...parts,
  })
  const advance = (ms: number): void => void (nowMs += ms)
  return { run, stored, calls, rejects, stopped: () => stopped, advance }
}

function resultOf(fate: Fate, input: SendInput, stored: Setup['stored']): EnqueueResult {
  const customer = String(input['customerId'])
  const id = typeof input['id'] === 'string' ? input['id'] : `id-of-${String(input['number'])}`
  if (fate === 'invalid') {
    return { ok: false, error: new RelayError('RELAY_EVENT_INVALID', 'wrong') }
  }
  if (fate === 'stored') {
    stored.set(customer, [...(stored.get(customer) ?? []), input])
    return { ok: true, receipt: { id, partition: 0, committedAt: new Date(0) } }
  }
  const code = fate === 'refused' ? 'RELAY_ENQUEUE_REFUSED' : 'RELAY_ENQUEUE_UNKNOWN'
  const error = new EnqueueError(code, 'away', { event: { id, occurredAt: 1000 } })
  return { ok: false, error }
}

/** One line per customer given; its own number is its content. `op` is left out, so that any field may stand there. */
async function* linesFor(customers: Iterable<string>): AsyncGenerator<Line> {
  let number = 0
  for (const customerId of customers) {
    number += 1
    const text = JSON.stringify({ customerId, number })
    yield { number, text, bytes: text.length }
  }
}

test('every line is accepted or rejected, and bad ones do not stop the good ones', async () => {
  const { run, rejects } = setup(({ customerId }) => (customerId === 'bad' ? 'invalid' : 'stored'))
  async function* lines(): AsyncGenerator<Line> {
    yield* linesFor(['a', 'bad', 'b'])
    yield { number: 4, text: 'x{', bytes: 2 }
  }
  const result = await run.run(lines())
  expect(result).toEqual({ end: 'complete', lines: 4, accepted: 2, rejected: 2, lastLine: 4 })
  expect(rejects).toHaveLength(2)
  expect(rejects).toContainEqual({ line: 2, code: 'RELAY_EVENT_INVALID' })
  expect(rejects).toContainEqual({ line: 4, code: 'RELAY_EVENT_INVALID' })
})

test('what Redis refuses or does not answer is tried again under the same id and time', async () => {
  const fates: Fate[] = ['refused', 'unknown', 'stored']
  const { run, calls } = setup(() => fates.shift() ?? 'stored')
  expect(await run.run(linesFor(['a']))).toMatchObject({ accepted: 1, rejected: 0 })
  const again = { customerId: 'a', number: 1, id: 'id-of-1', occurredAt: new Date(1000) }
  expect(calls).toEqual([[{ customerId: 'a', number: 1 }], [again], [again]])
})

test('an idempotency key gives way to the id that was made of it', async () => {
  const fates: Fate[] = ['unknown', 'stored']
  const { run, calls } = setup(() => fates.shift() ?? 'stored')
  async function* lines(): AsyncGenerator<Line> {
    yield { number: 1, text: '{"customerId":"a","idempotencyKey":"k"}', bytes: 40 }
  }
  await run.run(lines())
  expect(calls.flat().map((input) => Object.keys(input).toSorted())).toEqual([
    ['customerId', 'idempotencyKey'],
    ['customerId', 'id', 'occurredAt'],
  ])
})

test('whatever is refused in between, the events of a customer are stored in the order of the lines', async () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 60 })
  const dice = fc.infiniteStream(fc.constantFrom<Fate>('stored', 'refused', 'unknown', 'stored'))
  await fc.assert(
    fc.asyncProperty(names, dice, async (customers, fates) => {
      const { run, stored } = setup(() => fates.next().value as Fate)
      const result = await run.run(linesFor(customers))
      expect(result).toMatchObject({ accepted: customers.length, rejected: 0 })
      for (const inputs of stored.values()) {
        const numbers = inputs.map(({ number }) => number as number)
        expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
      }
    }),
    { numRuns: 50 },
  )
})

test('while nothing is settled, no more is read than the window holds', async () => {
  let read = 0
  const { run, stopped } = setup(() => 'stored', { enqueue: () => new Promise(() => undefined) })
  async function* endless(): AsyncGenerator<Line> {
    for (;;) {
      read += 1
      yield* linesFor([`customer-${read}`])
      // A turn of the event loop, as a stream takes between its pieces.
      if (read % 100 === 0) await new Promise(setImmediate)
      if (read > WINDOW_LINES * 2) throw new Error('it was read on')
    }
  }
  void run.run(endless())
  let before = -1
  while (read > before) {
    before = read
    for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate)
  }
  expect(read).toBe(WINDOW_LINES + 1)
  expect(stopped()).toBe(false)
})

test('when Redis accepts nothing for too long the run stops, and every line read is rejected', async () => {
  const { run, rejects, stopped } = setup(({ number }) => (number === 1 ? 'stored' : 'refused'))
  const result = await run.run(linesFor(['a', 'a', 'a', 'b', 'b']))
  expect(result).toEqual({ end: 'redis', lines: 5, accepted: 1, rejected: 4, lastLine: 5 })
  expect(stopped()).toBe(true)
  expect(new Set(rejects.map(({ line }) => line))).toEqual(new Set([2, 3, 4, 5]))
  expect(new Set(rejects.map(({ code }) => code))).toEqual(new Set(['RELAY_ENQUEUE_REFUSED']))
})

test('as long as something is accepted now and then, it goes on', async () => {
  let number = 0
  const { run, advance } = setup(() => {
    number += 1
    advance(50_000)
    return number % 2 === 0 ? 'stored' : 'refused'
  })
  expect(await run.run(linesFor('abcdef'))).toMatchObject({ end: 'complete', accepted: 6 })
})

test('an interrupted run waits for what is on its way and counts the rest as rejected', async () => {
  let answer: (() => void) | undefined
  const first = new Promise<void>((resolve) => (answer = resolve))
  const bundle = setup(() => 'stored', {
    enqueue: async (events) => {
      await first
      return events.map((input) => resultOf('stored', input, bundle.stored))
    },
  })
  const running = bundle.run.run(linesFor(['a', 'a', 'a']))
  await new Promise(setImmediate)
  bundle.run.stop('interrupted')
  answer?.()
  expect(await running).toMatchObject({ end: 'interrupted', lines: 3, accepted: 1, rejected: 2 })
  expect(bundle.stopped()).toBe(true)
})

test('an exception of the producer ends the run, and is not taken for a rejected line', async () => {
  const { run, rejects } = setup(() => 'stored', {
    enqueue: async () => {
      throw new TypeError('a bug')
    },
  })
  await expect(run.run(linesFor(['a']))).rejects.toThrow('a bug')
  expect(rejects).toEqual([])
})
