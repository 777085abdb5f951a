// A partition in Redis and its model, side by side: takes a step on both and compares all that they hold.
import assert from 'node:assert/strict'

import { dedupeMember, jobName, replayJobName } from '@retention-relay/events'

import type { ClaimReply, SettledJob, SettledOutcome } from '../src/index.ts'
import { PartitionModel } from './partition-model.ts'
import type { ModelJob, ModelSettle } from './partition-model.ts'
import { countersOf, deadLetter, idsIn, TTL_MS } from './partition-setup.ts'
import type { Partition } from './partition-setup.ts'

/** How many different events there are: few, so that copies meet. */
export const EVENTS: number = 6

/** One step of a sequence. `off`: how wrong the number of held jobs is. `stale`: with a token that holds no more. */
export type Step =
  | { readonly kind: 'add'; readonly events: readonly number[]; readonly isReplay: boolean }
  | { readonly kind: 'claim'; readonly most: number; readonly off: number; readonly stale: boolean }
  | { readonly kind: 'settle'; readonly picks: readonly Pick[]; readonly stale: boolean }
  | { readonly kind: 'repeat'; readonly back: number }
  | { readonly kind: 'requeue'; readonly stale: boolean }
  | { readonly kind: 'remove'; readonly job: number }

/** Outcomes of one job. `job` is any number. */
interface Pick {
  readonly job: number
  readonly outcomes: readonly (SettledOutcome | undefined)[]
}

/** A partition, its model, and what both have seen. */
export class Pair {
  readonly partition: Partition
  readonly model = new PartitionModel()
  readonly #jobs: ModelJob[] = []
  readonly #settles: { readonly token: string; readonly jobs: ModelSettle }[] = []
  #epoch = 1

  constructor(partition: Partition) {
    this.partition = partition
    this.model.token = partition.token
  }

  async take(next: Step): Promise<void> {
    switch (next.kind) {
      case 'add':
        return await this.#add(next.events, next.isReplay)
      case 'claim':
        return await this.#claim(next.most, next.off, this.#token(next.stale))
      case 'settle':
        return await this.#settle(this.#token(next.stale), this.#pickJobs(next.picks))
      case 'repeat': {
        const former = this.#settles.at(-1 - next.back)
        return former && (await this.#settle(former.token, former.jobs))
      }
      case 'requeue':
        return await this.#requeue(this.#token(next.stale))
      case 'remove':
        return await this.#remove(next.job)
    }
  }

  #token(stale: boolean): string {
    return stale ? 'worker#stale' : this.model.token
  }

  async #add(events: readonly number[], isReplay: boolean): Promise<void> {
    const name = isReplay ? replayJobName(events.length) : jobName(events.length)
    const id = await this.partition.add(events.length, name)
    const settled = '-'.repeat(events.length)
    const job: ModelJob = { id, events, isReplay, claims: 0, settled, isGone: false }
    this.#jobs.push(job)
    this.model.wait.push(job)
  }

  async #claim(most: number, off: number, token: string): Promise<void> {
    const held = this.model.active.length + off
    const request = { token, maxJobs: most, maxBytes: 1e6, held }
    const reply = await this.partition.queue.claim(request)
    const expected = this.model.claim(token, most, held)
    if (typeof expected === 'string') assert.deepEqual(reply.kind, expected)
    else
      assert.deepEqual(
        claimsOf(reply),
        expected.map((job) => ({ ...claimOf(job) })),
      )
  }

  #pickJobs(picks: readonly Pick[]): ModelSettle {
    // Nobody settles what was never claimed.
    const recent = this.#jobs.filter(({ claims }) => claims > 0).slice(-6)
    const picked = new Map<ModelJob, Pick['outcomes']>()
    for (const { job, outcomes } of picks) {
      const chosen = recent[job % Math.max(1, recent.length)]
      if (chosen !== undefined) picked.set(chosen, outcomes)
    }
    return [...picked].map(([job, outcomes]) => ({ job, outcomes }))
  }

  async #settle(token: string, jobs: ModelSettle): Promise<void> {
    this.#settles.push({ token, jobs })
    const reply = await this.partition.queue.settle({ token, jobs: jobs.map(toSettledJob) })
    assert.deepEqual(reply, this.model.settle(token, jobs))
  }

  async #requeue(token: string): Promise<void> {
    this.#epoch += 1
    const newToken = `worker#${this.#epoch}`
    const reply = await this.partition.queue.requeue(newToken, ['worker#x', token], TTL_MS)
    assert.deepEqual(reply, this.model.requeue(newToken, ['worker#x', token]))
  }

  async #remove(index: number): Promise<void> {
    const job = this.#jobs[index % Math.max(1, this.#jobs.length)]
    if (job === undefined || job.isGone) return
    await this.partition.redis.del(this.partition.keys.jobBase + job.id)
    this.model.remove(job)
  }

  /** Everything that Redis holds, compared with the model. */
  async compare(): Promise<void> {
    const { redis, keys, queue } = this.partition
    const { model } = this
    const events = Array.from({ length: EVENTS }, (_, event) => event)
    const [wait, active, counters, open, groups, known] = await Promise.all([
      idsIn(this.partition, 'wait'),
      idsIn(this.partition, 'active'),
      countersOf(this.partition),
      redis.zcard(keys.dead),
      redis.hvals(keys.deadGroups),
      queue.delivered(events.map((event) => memberOf(event))),
      ...this.#jobs.map((job) => this.#compareJob(job)),
    ])
    assert.deepEqual(
      wait,
      model.wait.map(({ id }) => id),
    )
    assert.deepEqual(
      active,
      model.active.map(({ id }) => id),
    )
    assert.deepEqual(nonZero(counters), nonZero(model.counters))
    assert.deepEqual(model.imbalance, 0)
    assert.deepEqual(open, model.open.size)
    assert.deepEqual(
      groups.reduce((sum, text) => sum + Number(text), 0),
      model.open.size,
    )
    assert.deepEqual(
      known,
      events.map((event) => model.delivered.has(event)),
    )
  }

  async #compareJob(job: ModelJob): Promise<void> {
    const { redis, keys } = this.partition
    const key = keys.jobBase + job.id
    const [[name, settled], locks] = await Promise.all([
      redis.hmget(key, 'name', 'rs'),
      redis.exists(`${key}:lock`),
    ])
    assert.deepEqual(name === null, job.isGone)
    if (!job.isGone) assert.deepEqual(settled ?? '-'.repeat(job.events.length), job.settled)
    assert.deepEqual(locks, this.model.active.includes(job) ? 1 : 0)
  }
}

const memberOf = (event: number): string => dedupeMember(`event ${event}`)

const toSettledJob = ({ job, outcomes }: ModelSettle[number]): SettledJob => {
  const positions = job.events.flatMap((event, position): SettledJob['positions'] => {
    const fate = outcomes[position]
    if (fate === undefined) return []
    const settled = { position, member: memberOf(event), outcome: fate }
    return [fate === 'dead' ? { ...settled, record: deadLetter(`event ${event}`) } : settled]
  })
  return { jobId: job.id, count: job.events.length, positions }
}

const claimOf = ({ id, claims, settled }: ModelJob) => {
  return { id, claims, settled: settled.replaceAll('-', '') === '' ? '' : settled }
}

const claimsOf = (reply: ClaimReply) => {
  assert.deepEqual(reply.kind, 'claimed')
  if (reply.kind !== 'claimed') return []
  return reply.jobs.map(({ id, claims, settled }) => ({ id, claims, settled }))
}

const nonZero = (counters: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counters).filter(([, value]) => value !== 0))
