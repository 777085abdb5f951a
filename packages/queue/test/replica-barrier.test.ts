// WAIT as the barrier asks it, over a node whose connection and answers the test holds in its hand: the moment in which a
// connection changes between a write and its WAIT cannot be met with a real one.
import { until } from '@retention-relay/testkit'
import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'

import { ReplicaBarrier } from '../src/commit/replica-barrier.ts'

function setup() {
  /** Answers of the WAITs that were asked, oldest first. */
  const answers: ((confirmed: number) => void)[] = []
  const node = {
    stream: {},
    call: () => new Promise<number>((resolve) => answers.push(resolve)),
  }
  const barrier = new ReplicaBarrier({ replicas: 1, timeoutMs: 100 })
  return { node, answers, confirm: () => barrier.confirm(node as unknown as Redis) }
}

test('commits that are answered while a WAIT is in flight share the next one', async () => {
  const { answers, confirm } = setup()
  const confirmed = [confirm(), confirm(), confirm()]
  expect(answers).toHaveLength(1)
  answers[0]!(1)
  expect(await confirmed[0]).toBe(1)
  await until(() => answers.length === 2)
  answers[1]!(0)
  expect(await Promise.all(confirmed)).toEqual([1, 0, 0])
})

test('a WAIT on another connection than that of the write confirms nothing', async () => {
  const { node, answers, confirm } = setup()
  const first = confirm()
  const before = confirm()
  node.stream = {}
  const after = confirm()
  answers[0]!(1)
  await expect(before).rejects.toThrow('the connection changed')
  await until(() => answers.length === 2)
  answers[1]!(1)
  expect(await Promise.all([first, after])).toEqual([1, 1])
})
