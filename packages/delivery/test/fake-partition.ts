// A partition in memory that obeys the contract of the scripts: claims refuse a wrong number of held jobs, settles are
// idempotent and write only the dedupe store for a token that holds no more, requeues change the token. A call takes
// effect when it is made; its answer comes later, or not at all.
import type { DeadLetterRecord, RelayEvent } from '@retention-relay/events'

import type { ClaimedJob, ClaimReply, Clock, PartitionPort, SettleRequest } from '../src/ports.ts'
import { claimedJob } from './events.ts'

/** A call of the port. */
export type Call = 'claim' | 'delivered' | 'tombstones' | 'unidentified' | 'settle' | 'requeue'

/** `before`: it never reaches Redis. `after`: it takes effect and its answer is lost. */
export type Fault = 'before' | 'after'

const LETTERS = { delivered: 'd', duplicate: 'u', dead: 'x' } as const

/** One partition. */
export class FakePartition implements PartitionPort {
  readonly #clock: Clock
  /** The lease's value. */
  token = ''
  /** Oldest first, both. */
  wait: ClaimedJob[] = []
  active: ClaimedJob[] = []
  isPaused = false
  /** Nothing reaches Redis. */
  isDown = false
  readonly members = new Set<string>()
  /** Times of tombstones by mark. */
  readonly stones = new Map<string, number>()
  /** Customers who were identified. */
  readonly identified = new Set<string>()
  readonly deadLetters: DeadLetterRecord[] = []
  readonly counters = { accepted: 0, delivered: 0, duplicate: 0, dead: 0 }
  /** Calls in the order in which they were made. */
  readonly calls: Call[] = []
  readonly #faults: { readonly call: Call; readonly fault: Fault }[] = []
  readonly #gates = new Map<Call, Promise<void>>()
  readonly #listeners = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Adds a job and returns it. */
  add(...events: RelayEvent[]): ClaimedJob {
    return this.addJob(claimedJob(events, { claims: 0, committedAt: this.#clock.wall() }))
  }

  addJob(job: ClaimedJob): ClaimedJob {
    this.wait.push(job)
    for (const listen of this.#listeners) listen()
    return job
  }

  /** The next call of this kind fails. */
  failNext(call: Call, fault: Fault): void {
    this.#faults.push({ call, fault })
  }

  /** Answers of this call are held back until the promise resolves. */
  holdAnswers(call: Call, until: Promise<void>): void {
    this.#gates.set(call, until)
  }

  /** Redis is there again. */
  comeBack(): void {
    this.isDown = false
    for (const listen of this.#listeners) listen()
  }

  async claim(request: Parameters<PartitionPort['claim']>[0]): Promise<ClaimReply> {
    return await this.#call('claim', () => this.#claim(request))
  }

  async delivered(members: readonly string[]): Promise<boolean[]> {
    return await this.#call('delivered', () => members.map((member) => this.members.has(member)))
  }

  async tombstones(marks: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return await this.#call('tombstones', () => {
      const found = marks.filter((mark) => this.stones.has(mark))
      return new Map(found.map((mark) => [mark, this.stones.get(mark)!]))
    })
  }

  async unidentified(
    look: Parameters<PartitionPort['unidentified']>[0],
  ): Promise<ReadonlySet<string>> {
    return await this.#call('unidentified', () => {
      for (const customerId of look.identified) this.identified.add(customerId)
      return new Set(look.asked.filter((customerId) => !this.identified.has(customerId)))
    })
  }

  async settle(request: SettleRequest): Promise<'settled' | 'lost'> {
    return await this.#call('settle', () => this.#settle(request))
  }

  async requeue(
    ...[newToken, tokens, , uncertain]: Parameters<PartitionPort['requeue']>
  ): Promise<'requeued' | 'lost'> {
    return await this.#call('requeue', () => {
      if (!tokens.includes(this.token)) return 'lost'
      this.token = newToken
      const isUncertain = (job: ClaimedJob): boolean =>
        uncertain === 'active' ? this.active.includes(job) : uncertain.includes(job.id)
      this.wait = [...this.active, ...this.wait].map((job) =>
        isUncertain(job) ? { ...job, maybeDelivered: true } : job,
      )
      this.active = []
      return 'requeued'
    })
  }

  async ready(signal: AbortSignal): Promise<void> {
    while (this.isDown) {
      if (signal.aborted) throw new Error('stopped before Redis was ready')
      await this.#news(signal)
    }
  }

  async work(signal: AbortSignal): Promise<void> {
    await this.#news(signal, this.#clock.sleep(1000, signal))
  }

  /** Leaves nothing behind on the signal, which is as old as the lease. */
  async #news(signal: AbortSignal, atLatest?: Promise<void>): Promise<void> {
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        this.#listeners.delete(finish)
        signal.removeEventListener('abort', finish)
        resolve()
      }
      this.#listeners.add(finish)
      signal.addEventListener('abort', finish)
      void atLatest?.then(finish)
    })
  }

  async #call<T>(call: Call, effect: () => T): Promise<T> {
    this.calls.push(call)
    const at = this.#faults.findIndex((planned) => planned.call === call)
    const [planned] = at === -1 ? [] : this.#faults.splice(at, 1)
    if (this.isDown || planned?.fault === 'before') throw new Error('ECONNRESET')
    const reply = effect()
    await this.#gates.get(call)
    if (planned?.fault === 'after') throw new Error('the answer was lost')
    return reply
  }

  #claim(request: Parameters<PartitionPort['claim']>[0]): ClaimReply {
    if (request.token !== this.token) return { kind: 'lost' }
    if (request.held !== this.active.length)
      return { kind: 'out_of_sync', active: this.active.length }
    if (this.isPaused) return { kind: 'paused' }
    const jobs: ClaimedJob[] = []
    let bytes = 0
    for (const job of this.wait.slice(0, request.maxJobs)) {
      bytes += job.data.length
      if (bytes > request.maxBytes && jobs.length > 0) break
      jobs.push({ ...job, claims: job.claims + 1 })
      if (job.claims === 0) this.counters.accepted += countOf(job)
    }
    this.wait.splice(0, jobs.length)
    this.active.push(...jobs)
    return { kind: 'claimed', jobs }
  }

  #settle({ token, jobs }: SettleRequest): 'settled' | 'lost' {
    for (const { member, outcome } of jobs.flatMap((job) => job.positions)) {
      if (outcome === 'delivered') this.members.add(member)
    }
    if (token !== this.token) return 'lost'
    for (const job of jobs) this.#settleJob(job)
    return 'settled'
  }

  #settleJob({ jobId, count, positions }: SettleRequest['jobs'][number]): void {
    const isIt = ({ id }: ClaimedJob): boolean => id === jobId
    const known = this.active.find(isIt) ?? this.wait.find(isIt)
    if (known === undefined) return
    const letters = (known.settled === '' ? '-'.repeat(count) : known.settled).split('')
    for (const { position, outcome, record } of positions) {
      if (letters[position] !== '-') continue
      letters[position] = LETTERS[outcome]
      this.counters[outcome] += 1
      if (record !== undefined) this.deadLetters.push(record)
    }
    const settled = letters.join('')
    const isFull = !settled.includes('-')
    const list = this.active.includes(known) ? this.active : this.wait
    const isOver = isFull && list === this.active
    list.splice(list.indexOf(known), 1, ...(isOver ? [] : [{ ...known, settled }]))
  }
}

function countOf(job: ClaimedJob): number {
  return Number(/^(?:events|replay)-(\d+)$/.exec(job.name)?.[1] ?? 1)
}
