// The lane against a target that does what each test says, on a clock that stands still until it is moved.

import { createUlidSource, decodeJob, jobCount } from '@retention-relay/events'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import { jobHead } from '../src/commit/group.ts'
import type { AddOutcome } from '../src/commit/add-outcome.ts'
import type { NewJob } from '../src/commit/commit-queue.ts'
import { EnqueueError } from '../src/commit/enqueue-error.ts'
import { CommitLane } from '../src/commit/lane.ts'

const TIMEOUT_MS = 2000
const nextUlid = createUlidSource()

class FakeTarget {
  isReady = true
  /** Every attempt, in order. */
  readonly attempts: NewJob[] = []
  readonly #answers: ((outcome: AddOutcome) => void)[] = []

  ready = (): boolean => this.isReady

  add = (job: NewJob): Promise<AddOutcome> => {
    this.attempts.push(job)
    return new Promise((resolve) => this.#answers.push(resolve))
  }

  /** Answers the oldest attempt that has no answer, and lets everything that follows from it happen. */
  async answer(outcome: AddOutcome): Promise<void> {
    this.#answers.shift()?.(outcome)
    await pass(0)
  }

  /** Names of the events of an attempt. */
  namesOf(attempt: number): string[] {
    const job = this.attempts[attempt]
    const decoded = decodeJob(job?.text ?? '', jobCount(job?.name ?? '') ?? 0, 'test')
    const positions = decoded.kind === 'events' ? decoded.positions : []
    return positions.map((at) =>
      at.kind === 'event' && at.event.op === 'track' ? at.event.name : '?',
    )
  }
}

/** Moves the clock, and lets everything that follows from it happen. */
const pass = async (timeMs: number): Promise<void> => {
  for (let leftMs = timeMs; leftMs >= 0; leftMs -= 25) {
    vi.advanceTimersByTime(Math.min(25, leftMs))
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve()
  }
}

interface Setup {
  readonly target: FakeTarget
  readonly lane: CommitLane
  /** Fate of each pushed event by name: `stored` or the code; absent while it waits. */
  readonly fates: Record<string, string>
  readonly push: (...names: string[]) => Promise<void>
  /** Callers that were settled, as the lane tells. */
  readonly settled: () => number
}

const setup = (): Setup => {
  const target = new FakeTarget()
  const fates: Record<string, string> = {}
  let settled = 0
  const lane = new CommitLane({
    target,
    head: jobHead('test'),
    timeoutMs: TIMEOUT_MS,
    nextUlid,
    monotonicMs: () => performance.now(),
    onSettled: (count) => {
      settled += count
    },
  })
  const push = async (...names: string[]): Promise<void> => {
    for (const name of names) {
      const event = { id: nextUlid(), customerId: 'c', occurredAt: 1, op: 'track', name, data: {} }
      const text = JSON.stringify(event)
      lane.push({
        event: { ...event, partition: 0, text, bytes: text.length, tombstones: null },
        sinceMs: performance.now(),
        resolve: () => {
          fates[name] = 'stored'
        },
        reject: (error) => {
          fates[name] = error.code
        },
      })
    }
    await pass(0)
  }
  return { target, lane, fates, push, settled: () => settled }
}

const stored: AddOutcome = { kind: 'stored' }
const lost: AddOutcome = { kind: 'lost', cause: new Error('Connection is closed.') }
const oom: AddOutcome = { kind: 'refused', cause: new Error('OOM') }
const REFUSED = 'RELAY_ENQUEUE_REFUSED'
const UNKNOWN = 'RELAY_ENQUEUE_UNKNOWN'

beforeEach(() => {
  vi.useFakeTimers()
  return () => vi.useRealTimers()
})

describe('a lane', () => {
  it('commits at once when nothing is in flight, without any timer', async () => {
    const { target, push } = setup()
    await push('a')
    expect(target.namesOf(0)).toEqual(['a'])
  })

  it('gathers calls of one turn, and calls while a commit is in flight, in their order', async () => {
    const { target, push, fates } = setup()
    await push('a', 'b')
    await push('c')
    await push('d', 'e')
    expect(target.attempts).toHaveLength(1)
    await target.answer(stored)
    expect(fates).toEqual({ a: 'stored', b: 'stored' })
    expect(target.namesOf(0)).toEqual(['a', 'b'])
    expect(target.namesOf(1)).toEqual(['c', 'd', 'e'])
  })

  it('settles each caller with the fate of its own commit', async () => {
    const { target, push, fates, settled } = setup()
    await push('a')
    await push('b')
    expect(fates).toEqual({})
    await target.answer(oom)
    expect(fates).toEqual({ a: REFUSED })
    await target.answer(stored)
    expect(fates).toEqual({ a: REFUSED, b: 'stored' })
    expect(settled()).toBe(2)
  })

  it('tells an answer that proves nothing as unknown, and goes on', async () => {
    const { target, push, fates } = setup()
    await push('a')
    await target.answer({ kind: 'failed', cause: new Error('WRONGTYPE') })
    await push('b')
    await target.answer({ kind: 'unreplicated', confirmed: 0 })
    await push('c')
    expect(fates).toEqual({ a: UNKNOWN, b: UNKNOWN })
    expect(target.namesOf(2)).toEqual(['c'])
  })
})

describe('while Redis is away', () => {
  it('nothing is written, and callers are refused at their own deadline', async () => {
    const { target, push, fates } = setup()
    target.isReady = false
    await push('a')
    await pass(1500)
    await push('b')
    await pass(500)
    expect(fates).toEqual({ a: REFUSED })
    await pass(1500)
    expect(fates).toEqual({ a: REFUSED, b: REFUSED })
    expect(target.attempts).toEqual([])
  })

  it('for ten minutes each caller is refused in time, nothing is kept, and the next one is served', async () => {
    const { target, push, fates, settled } = setup()
    target.isReady = false
    for (let second = 0; second < 600; second += 1) {
      await push(`${second}`)
      await pass(1000)
      expect(second + 1 - settled()).toBeLessThanOrEqual(TIMEOUT_MS / 1000)
    }
    await pass(TIMEOUT_MS)
    expect(Object.values(fates)).toEqual(Array.from({ length: 600 }, () => 'RELAY_ENQUEUE_REFUSED'))
    expect(target.attempts).toEqual([])

    target.isReady = true
    await push('after')
    await target.answer({ kind: 'stored' })
    expect(fates['after']).toBe('stored')
    expect(target.namesOf(0)).toEqual(['after'])
  })

  it('callers whose time is not over are served when it comes back', async () => {
    const { target, push, fates } = setup()
    target.isReady = false
    await push('a', 'b')
    await pass(1000)
    target.isReady = true
    await pass(100)
    await target.answer(stored)
    expect(fates).toEqual({ a: 'stored', b: 'stored' })
  })

  it('what was never written goes first when it is tried again', async () => {
    const { target, push } = setup()
    await push('a')
    await push('b')
    await target.answer({ kind: 'not_written' })
    await pass(100)
    expect(target.namesOf(1)).toEqual(['a', 'b'])
  })
})

describe('a commit without an answer', () => {
  it('is repeated under the same job id until it is answered', async () => {
    const { target, push, fates } = setup()
    await push('a')
    await target.answer(lost)
    await pass(60)
    await target.answer(lost)
    await pass(150)
    await target.answer(stored)
    expect(fates).toEqual({ a: 'stored' })
    expect(new Set(target.attempts.map(({ id }) => id)).size).toBe(1)
    expect(target.attempts).toHaveLength(3)
  })

  it('stays in flight after its callers gave up; new calls are refused until its fate is known', async () => {
    const { target, push, fates } = setup()
    await push('a')
    await push('b')
    await pass(TIMEOUT_MS)
    await push('c')
    expect(fates).toEqual({ a: UNKNOWN, b: REFUSED, c: REFUSED })
    await target.answer(lost)
    await pass(60_000)
    await push('d')
    expect(fates['d']).toBe(REFUSED)
    await target.answer(stored)
    await push('e')
    await target.answer(stored)
    expect(fates['e']).toBe('stored')
    expect(target.attempts.map(({ id }) => id === target.attempts[0]?.id)).toEqual([
      true,
      true,
      false,
    ])
  })

  it('is not given up for a refusal: the lost attempt may have been stored', async () => {
    const { target, push, fates } = setup()
    await push('a')
    await target.answer(lost)
    await pass(60)
    await target.answer(oom)
    await pass(TIMEOUT_MS)
    expect(fates).toEqual({ a: UNKNOWN })
    expect(target.attempts).toHaveLength(3)
    await target.answer(stored)
    await push('b')
    expect(target.namesOf(3)).toEqual(['b'])
  })

  it('is repeated ever more slowly, at least once a second', async () => {
    const { target, push } = setup()
    target.add = (job) => {
      target.attempts.push(job)
      return Promise.resolve(lost)
    }
    await push('a')
    await pass(10_000)
    expect(target.attempts.length).toBeGreaterThanOrEqual(10)
    expect(target.attempts.length).toBeLessThan(20)
  })
})

describe('a closed lane', () => {
  it('has rejected whoever waited and has no timer left', async () => {
    const { target, lane, push, fates, settled } = setup()
    await push('a')
    await push('b')
    await target.answer(lost)
    lane.close()
    expect(fates).toEqual({ a: UNKNOWN, b: REFUSED })
    expect(settled()).toBe(2)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('whatever happens on the way', () => {
  // A lost attempt may have been carried out, or not.
  const answer = fc.constantFrom<{ outcome: AddOutcome; isStored: boolean }>(
    { outcome: stored, isStored: true },
    { outcome: lost, isStored: true },
    { outcome: lost, isStored: false },
    { outcome: oom, isStored: false },
    { outcome: { kind: 'not_written' }, isStored: false },
  )
  const step = fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ answer }),
    fc.record({ answer }),
    fc.record({ waitMs: fc.constantFrom(60, 60, 1000, 2500) }),
    fc.record({ ready: fc.constantFrom(true, true, false) }),
  )

  it('events are stored in the order of calls, and each caller is settled once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }),
        async (steps) => {
          const { target, lane, push, fates, settled } = setup()
          const storedNames: string[] = []
          let attempt = 0
          let pushed = 0
          for (const now of steps) {
            if ('push' in now) {
              const names = Array.from({ length: now.push }, () => String((pushed += 1)))
              await push(...names)
            } else if ('answer' in now && attempt < target.attempts.length) {
              if (now.answer.isStored) storedNames.push(...target.namesOf(attempt))
              attempt += 1
              await target.answer(now.answer.outcome)
            } else if ('ready' in now) target.isReady = now.ready
            else if ('waitMs' in now) await pass(now.waitMs)
          }
          target.isReady = false
          await pass(2 * TIMEOUT_MS)
          lane.close()
          const firsts = [...new Set(storedNames)].map(Number)
          expect(firsts).toEqual(firsts.toSorted((one, two) => one - two))
          expect(Object.keys(fates)).toHaveLength(pushed)
          expect(settled()).toBe(pushed)
          const acknowledged = Object.keys(fates).filter((name) => fates[name] === 'stored')
          expect(storedNames).toEqual(expect.arrayContaining(acknowledged))
          const refusedNames = Object.keys(fates).filter((name) => fates[name] === REFUSED)
          expect(storedNames.filter((name) => refusedNames.includes(name))).toEqual([])
        },
      ),
      { numRuns: 200 },
    )
  })
})

it('an EnqueueError carries what a second try needs', () => {
  const event = { id: '01HK153X0041F2MZ4K64F6QGQD', occurredAt: 1_796_000_000_123 }
  const error = new EnqueueError('RELAY_ENQUEUE_UNKNOWN', 'no answer', { event })
  expect(error.retryable).toBe(true)
  expect(error.eventId).toBe(event.id)
  expect(error.occurredAt.getTime()).toBe(event.occurredAt)
})
