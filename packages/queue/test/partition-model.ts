// What a partition must be after any sequence of claims, settles and requeues, in plain TypeScript: lists, one letter
// per position, an open dead letter or none. The property test runs the same steps on Redis and compares.
import type { SettledOutcome } from '../src/index.ts'

/** A job of the model. `events`: which event each position carries; several positions may carry the same. */
export interface ModelJob {
  readonly id: string
  readonly events: readonly number[]
  readonly isReplay: boolean
  claims: number
  /** One letter per position, '-' where it is not settled. */
  settled: string
  /** Somebody has deleted its hash. */
  isGone: boolean
}

/** One step's settle: outcomes by position, undefined where it says nothing. */
export type ModelSettle = readonly {
  readonly job: ModelJob
  readonly outcomes: readonly (SettledOutcome | undefined)[]
}[]

const LETTERS: Record<SettledOutcome, string> = { delivered: 'd', duplicate: 'u', dead: 'x' }

/** The state of one partition. Lists hold the oldest first. */
export class PartitionModel {
  token = 'worker#0'
  wait: ModelJob[] = []
  active: ModelJob[] = []
  readonly delivered = new Set<number>()
  readonly open = new Set<number>()
  readonly counters: Record<string, number> = {}
  /** Accepted positions whose job somebody removed. */
  lost = 0

  claim(token: string, most: number, held: number): string | readonly ModelJob[] {
    if (token !== this.token) return 'lost'
    if (held !== this.active.length) return 'out_of_sync'
    const claimed: ModelJob[] = []
    while (claimed.length < most) {
      const job = this.wait.shift()
      if (job === undefined) break
      if (job.isGone) this.#count('orphans')
      else claimed.push(this.#take(job))
    }
    return claimed
  }

  settle(token: string, jobs: ModelSettle): 'settled' | 'lost' {
    const facts = jobs.map(({ job, outcomes }) => {
      return { job, outcomes: job.events.map((event, at) => this.#fact(event, outcomes[at])) }
    })
    if (token !== this.token) return 'lost'
    for (const { job, outcomes } of facts) this.#settleJob(job, outcomes)
    return 'settled'
  }

  /** What is delivered is remembered, and what was delivered cannot die. */
  #fact(event: number, outcome: SettledOutcome | undefined): SettledOutcome | undefined {
    if (outcome === 'dead' && this.delivered.has(event)) return 'delivered'
    if (outcome === 'delivered') this.delivered.add(event)
    return outcome
  }

  requeue(newToken: string, tokens: readonly string[]): 'requeued' | 'lost' {
    if (!tokens.includes(this.token)) return 'lost'
    this.token = newToken
    this.wait = [...this.active, ...this.wait]
    this.active = []
    return 'requeued'
  }

  /** Somebody deletes the job's hash. */
  remove(job: ModelJob): void {
    this.lost += pendingOf(job)
    job.isGone = true
  }

  /** accepted - delivered - duplicate - dead - pending - lost. */
  get imbalance(): number {
    const pending = [...this.wait, ...this.active].map((job) => pendingOf(job))
    const { accepted = 0, delivered = 0, duplicate = 0, dead = 0 } = this.counters
    const settled = delivered + duplicate + dead
    return accepted - settled - this.lost - pending.reduce((sum, one) => sum + one, 0)
  }

  #take(job: ModelJob): ModelJob {
    this.active.push(job)
    job.claims += 1
    if (job.claims === 1) this.#count(job.isReplay ? 'replayed' : 'accepted', job.events.length)
    return job
  }

  #settleJob(job: ModelJob, outcomes: readonly (SettledOutcome | undefined)[]): void {
    if (job.isGone) {
      this.active = this.active.filter((other) => other !== job)
      return
    }
    job.events.forEach((event, at) => {
      const fact = outcomes[at]
      if (fact === undefined || job.settled[at] !== '-') return
      job.settled = job.settled.slice(0, at) + LETTERS[fact] + job.settled.slice(at + 1)
      if (fact === 'dead') this.#bury(event, job.isReplay)
      else this.#conclude(event, fact, job.isReplay)
    })
    if (job.settled.includes('-') || !this.active.includes(job)) return
    this.active = this.active.filter((other) => other !== job)
    job.isGone = true
  }

  #conclude(event: number, fact: 'delivered' | 'duplicate', isReplay: boolean): void {
    this.#count(fact)
    const wasOpen = this.open.delete(event)
    if (wasOpen) this.#count('dead', -1)
    if (wasOpen && !isReplay) this.#count('duplicate')
    if (!wasOpen && isReplay) this.#count('accepted')
  }

  #bury(event: number, isReplay: boolean): void {
    this.#count('deaths')
    if (this.open.has(event)) {
      if (!isReplay) this.#count('duplicate')
      return
    }
    this.open.add(event)
    this.#count('dead')
    if (isReplay) this.#count('accepted')
  }

  #count(name: string, by = 1): void {
    this.counters[name] = (this.counters[name] ?? 0) + by
  }
}

function pendingOf(job: ModelJob): number {
  if (job.claims === 0 || job.isReplay || job.isGone) return 0
  return job.settled.split('-').length - 1
}
