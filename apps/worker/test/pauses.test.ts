// A pause is told once, however often it is met, and its end too.

import type { DeliveryObserver, RequestFacts } from '@retention-relay/delivery'
import { expect, test } from 'vitest'

import { followPauses } from '../src/pauses.ts'

/** What was told about pauses, in order. */
function setup(): { observer: DeliveryObserver; told: string[] } {
  const told: string[] = []
  const nothing = (): void => undefined
  const observer = followPauses({
    leaseTaken: nothing,
    leaseEnded: nothing,
    outOfSync: nothing,
    claimed: nothing,
    answered: nothing,
    settled: nothing,
    paused: (reason, partition) => told.push(`paused ${reason} ${partition}`),
    resumed: (reason, partition) => told.push(`resumed ${reason} ${partition}`),
  })
  return { observer, told }
}

function answer(partition: number, outcome: RequestFacts['outcome']): RequestFacts {
  return {
    partition,
    events: 1,
    outcome,
    unknownOutcome: false,
    detail: '',
    status: 200,
    durationMs: 1,
    retryAfterMs: undefined,
    attempt: 1,
  }
}

test('a reason that is met again and again is told once, per partition', () => {
  const { observer, told } = setup()
  for (const partition of [1, 2, 1, 2, 1]) observer.paused('destination', partition, 'a proxy')
  expect(told).toEqual(['paused destination 1', 'paused destination 2'])
})

test('an accepted request of the partition ends what it refutes, and nothing else', () => {
  const { observer, told } = setup()
  observer.paused('destination', 1, '')
  observer.paused('destination', 2, '')
  observer.paused('unreadable_answer', 1, '')
  observer.paused('refuses_everything', 1, '')
  observer.paused('newer_format', 1, '')
  observer.paused('auth', null, '')
  told.length = 0
  observer.answered(answer(1, 'retry'))
  observer.answered(answer(1, 'wrong_address'))
  expect(told).toEqual([])
  observer.answered(answer(1, 'partly_refused'))
  expect(told).toEqual([
    'resumed destination 1',
    'resumed unreadable_answer 1',
    'resumed refuses_everything 1',
  ])
  observer.answered(answer(1, 'delivered'))
  expect(told).toHaveLength(3)
})

test('a partition that the worker no longer has takes its pauses along', () => {
  const { observer, told } = setup()
  observer.paused('newer_format', 1, '')
  observer.paused('newer_format', 2, '')
  observer.paused('auth', null, '')
  told.length = 0
  observer.leaseEnded(1, 'handed over')
  expect(told).toEqual(['resumed newer_format 1'])
})

test('a pause that was over is told again', () => {
  const { observer, told } = setup()
  observer.paused('auth', null, '')
  observer.resumed('auth', null)
  observer.resumed('auth', null)
  observer.paused('auth', null, '')
  expect(told).toEqual(['paused auth null', 'resumed auth null', 'paused auth null'])
})
