// When the worker calls itself ready.

import type { RequestFacts } from '@retention-relay/delivery'
import { expect, test } from 'vitest'

import { Health } from '../src/health.ts'

/** A worker that has met Redis and the destination, and every change of its readiness. */
function setup(): { health: Health; changes: boolean[]; answer: Answer; leave: Pass; take: Pass } {
  const changes: boolean[] = []
  const health = new Health(({ ready }) => changes.push(ready))
  for (const condition of ['redis', 'namespace', 'destination'] as const)
    health.set(condition, true)
  changes.length = 0
  const observer = health.observer()
  const answer: Answer = (outcome, partition = 0) =>
    observer.answered({
      partition,
      events: 1,
      outcome,
      unknownOutcome: false,
      detail: '',
      status: 200,
      durationMs: 1,
      retryAfterMs: undefined,
      attempt: 1,
    })
  const leave: Pass = (partition) => observer.leaseEnded(partition, '')
  return { health, changes, answer, leave, take: (partition) => observer.leaseTaken(partition) }
}

type Answer = (outcome: RequestFacts['outcome'], partition?: number) => void
type Pass = (partition: number) => void

test('it is ready when nothing is missing, and names all that is', () => {
  const health = new Health(() => undefined)
  expect(health.readiness().ready).toBe(false)
  expect(health.readiness().reasons).toEqual([
    'Redis does not answer',
    'the namespace is not open yet',
    'Customer.io does not take requests',
  ])
  for (const condition of ['redis', 'namespace', 'destination'] as const)
    health.set(condition, true)
  expect(health.readiness()).toEqual({ ready: true, reasons: [] })
})

test('a failure now and then does not make it unready', () => {
  const { changes, answer } = setup()
  for (let round = 0; round < 5; round += 1) {
    answer('retry')
    answer('retry')
    answer('delivered')
  }
  expect(changes).toEqual([])
})

test('three failures without an accepted request between them do, and one accepted request ends it', () => {
  const { health, changes, answer } = setup()
  answer('retry', 1)
  answer('wrong_address', 2)
  answer('retry', 1)
  expect(health.readiness().reasons).toEqual(['Customer.io does not take requests'])
  answer('partly_refused', 3)
  expect(changes).toEqual([false, true])
})

test('failures of a partition that it has handed over are not its own any more', () => {
  const { health, changes, answer, leave } = setup()
  for (let count = 0; count < 4; count += 1) answer('retry', 1)
  expect(health.readiness().ready).toBe(false)
  leave(2)
  expect(health.readiness().ready).toBe(false)
  leave(1)
  expect(changes).toEqual([false, true])
})

test('refused credentials are a reason of their own', () => {
  const { health } = setup()
  const observer = health.observer()
  observer.paused('auth', null, '')
  observer.paused('newer_format', 1, '')
  expect(health.readiness().reasons).toEqual(['Customer.io refuses the credentials'])
  observer.resumed('auth', null)
  expect(health.readiness().ready).toBe(true)
})

test('a namespace that is paused until a person resumes it is a reason of its own', () => {
  const { health } = setup()
  const observer = health.observer()
  observer.paused('mass_rejection', null, '')
  const reasons = ['the namespace is paused until a person resumes it']
  expect(health.readiness()).toEqual({ ready: false, reasons })
  observer.resumed('mass_rejection', null)
  expect(health.readiness().ready).toBe(true)
})

test('a worker that stops is not ready', () => {
  const { health } = setup()
  health.stop()
  expect(health.readiness()).toEqual({ ready: false, reasons: ['the worker stops'] })
})

test('a request that fails after its partition has gone to another worker does not count', () => {
  const { health, answer, leave, take } = setup()
  for (const partition of [1, 2, 3]) {
    leave(partition)
    answer('retry', partition)
  }
  expect(health.readiness().ready).toBe(true)
  for (const partition of [1, 2, 3]) {
    take(partition)
    answer('retry', partition)
  }
  expect(health.readiness().ready).toBe(false)
})
