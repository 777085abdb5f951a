// docs/lifecycle.md draws how a job moves. No table of the code says it, the scripts do: each of them is run on real Redis
// on a job in each place where it can be, and every move that is seen is drawn, and no other.

import { readFileSync } from 'node:fs'

import { readDiagram } from '@retention-relay/testkit'
import { expect, test } from 'vitest'

import { claimJobs, TTL_MS, usePartitions, wholeJob } from './partition-setup.ts'
import type { Partition } from './partition-setup.ts'

const setup = usePartitions()
const text = readFileSync(new URL('../../../docs/lifecycle.md', import.meta.url), 'utf8')

/** Moves that were seen, by the place that was left. */
class Moves {
  readonly seen: Record<string, string[]> = {}

  note(from: string, to: string): void {
    if (from === to) return
    const known = (this.seen[from] ??= [])
    if (!known.includes(to)) known.push(to)
  }
}

/** Both in the same order. */
function sorted(moves: Readonly<Record<string, readonly string[]>>): [string, string[]][] {
  return Object.entries(moves)
    .map(([from, to]): [string, string[]] => [from, to.toSorted()])
    .toSorted(([one], [other]) => one.localeCompare(other))
}

type Step = (partition: Partition, id: string) => Promise<unknown>

const claim: Step = ({ queue, token }) =>
  queue.claim({ token, maxJobs: 200, maxBytes: 1_000_000, held: 0 })
const requeue: Step = ({ queue }) => queue.requeue('worker#2', ['worker#1'], TTL_MS)
const settle: Step = ({ queue, token }, id) => queue.settle({ token, jobs: [wholeJob(id, 2)] })
const settleHalf: Step = ({ queue, token }, id) => {
  const { jobId, count, positions } = wholeJob(id, 2)
  return queue.settle({ token, jobs: [{ jobId, count, positions: positions.slice(0, 1) }] })
}
const lateSettle: Step = ({ queue }, id) =>
  queue.settle({ token: 'worker#0', jobs: [wholeJob(id, 2)] })
const STEPS: readonly Step[] = [claim, requeue, settle, settleHalf, lateSettle]

/** Where BullMQ's lists, and ours, have the job. */
async function placeOf({ redis, keys, bull }: Partition, id: string): Promise<string> {
  if ((await redis.lpos(keys.orphans, id)) !== null) return 'orphan'
  const state = await bull.getJobState(id)
  if (state === 'waiting') return 'wait'
  // A list knows a job also when its hash is gone.
  if ((await redis.lpos(keys.wait, id)) !== null) return 'wait'
  if ((await redis.lpos(keys.active, id)) !== null) return 'active'
  return state === 'unknown' ? 'gone' : state
}

/** Jobs are met in each list, with their hash and without. */
const MEETINGS = ['wait', 'active'].flatMap((place) => [
  { place, hasHash: true },
  { place, hasHash: false },
])

test('a job moves as it is drawn, whichever script meets it wherever, and not otherwise', async () => {
  const moves = new Moves()
  for (const step of STEPS) {
    for (const { place, hasHash } of MEETINGS) {
      const partition = await setup()
      const id = await partition.add(2)
      if (place === 'active') await claimJobs(partition)
      if (!hasHash) await partition.redis.del(`${partition.keys.jobBase}${id}`)
      await step(partition, id)
      moves.note(place, await placeOf(partition, id))
    }
  }
  const { active = [], ...drawn } = readDiagram(text, 'A job')
  // The end of a diagram is no state of it.
  expect(sorted(moves.seen)).toEqual(sorted({ ...drawn, active: [...active, 'gone'] }))
})
