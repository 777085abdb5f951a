// The consuming side of one partition: claim, delivered, settle and requeue, each one script call, so one
// atomic step. Every call carries the lease's token and is refused when another token holds the lease. A call
// that rejects may or may not have taken effect: the caller is then out of sync and requeues.

import type { DeadLetterRecord } from '@retention-relay/events'

import type { Script, ScriptRunner } from '../connection/script.ts'
import { replyText } from '../connection/script.ts'
import { fingerprintOf } from '../dead-letters/fingerprint.ts'
import { deliveredScript } from '../dedupe/delivered-script.ts'
import { DEDUPE_BUCKET_TTL_S, dedupeGeneration } from '../dedupe/lookup.ts'
import type { PartitionKeys } from '../keys.ts'
import { claimScript } from './claim-script.ts'
import { requeueScript } from './requeue-script.ts'
import { settleScript } from './settle-script.ts'

/** A job that this consumer holds. */
export interface ClaimedJob {
  readonly id: string
  /** `events-<count>`, or a foreign name. */
  readonly name: string
  readonly data: Buffer
  /** When it was committed, in milliseconds since 1970. */
  readonly committedAt: number
  /** How often it was claimed, this time included. */
  readonly claims: number
  /** One letter per position that is already settled ('-' where not); empty when none is. */
  readonly settled: string
  /** True when an earlier owner may have sent it. */
  readonly maybeDelivered: boolean
}

/** What a claim found. */
export type ClaimReply =
  | { readonly kind: 'claimed'; readonly jobs: readonly ClaimedJob[] }
  | { readonly kind: 'paused' }
  /** The number of active jobs is not what the caller holds. */
  | { readonly kind: 'out_of_sync'; readonly active: number }
  | { readonly kind: 'lost' }

/** What to claim. */
export interface ClaimRequest {
  readonly token: string
  /** Most jobs, at most 200. */
  readonly maxJobs: number
  /** Most bytes of job data; a single larger job is still returned. */
  readonly maxBytes: number
  /** Jobs held after every settle that was written before this claim on the same connection. */
  readonly held: number
}

/** What became of one position. */
export type SettledOutcome = 'delivered' | 'duplicate' | 'dead'

/** One position and its outcome. */
export interface SettledPosition {
  readonly position: number
  /** Dedupe member of the event's id; of `<job id>.<position>` where the event could not be read. */
  readonly member: string
  readonly outcome: SettledOutcome
  /** Given when dead, and only then. */
  readonly record?: DeadLetterRecord
}

/** The settled positions of one job. */
export interface SettledJob {
  readonly jobId: string
  /** Number of positions of the job. */
  readonly count: number
  /** May be empty: it then clears away a job whose positions were all settled before. */
  readonly positions: readonly SettledPosition[]
}

/** One settle: at most 1,000 positions. */
export interface SettleRequest {
  readonly token: string
  readonly jobs: readonly SettledJob[]
}

/** Seconds that a resolved dead letter is kept. */
const RESOLVED_TTL_S = 30 * 24 * 60 * 60

const LETTERS: Record<SettledOutcome, string> = { delivered: 'd', duplicate: 'u', dead: 'x' }

/** Scripts that a runner for partition queues must load. */
export const consumeScripts: readonly Script[] = [
  claimScript,
  deliveredScript,
  settleScript,
  requeueScript,
]

/** The consuming side of one partition. */
export class PartitionQueue {
  readonly #runner: ScriptRunner
  readonly #keys: PartitionKeys
  readonly #now: () => number

  /** `now` is the wall clock in milliseconds, used for dedupe generations and times of death. */
  constructor(runner: ScriptRunner, keys: PartitionKeys, now: () => number = Date.now) {
    this.#runner = runner
    this.#keys = keys
    this.#now = now
  }

  /** Moves jobs from waiting to active and returns them, oldest first. */
  async claim(request: ClaimRequest): Promise<ClaimReply> {
    const { lease, meta, wait, active, counters, orphans, jobBase } = this.#keys
    const reply = await this.#runner.run(
      claimScript,
      [lease, meta, wait, active, counters, orphans],
      [request.token, request.maxJobs, request.maxBytes, request.held, jobBase],
    )
    return readClaim(reply as unknown[])
  }

  /** Which of these dedupe members were delivered within the window; one answer per member, in order. */
  async delivered(members: readonly string[]): Promise<boolean[]> {
    if (members.length === 0) return []
    const generation = dedupeGeneration(this.#now())
    const reply = await this.#runner.run(
      deliveredScript,
      [this.#keys.dedupe],
      [generation, ...members],
    )
    const bits = replyText(reply)
    return members.map((_, index) => bits[index] === '1')
  }

  /**
   * Makes outcomes durable. Repeating the same settle changes nothing. `lost`: another owner has the partition;
   * only the dedupe store was written.
   */
  async settle(request: SettleRequest): Promise<'settled' | 'lost'> {
    const { lease, active, counters, dedupe, dead, deadGroups } = this.#keys
    const reply = (await this.#runner.run(
      settleScript,
      [lease, active, counters, dedupe, dead, deadGroups],
      settleArguments(request, this.#keys.jobBase, this.#now()),
    )) as unknown[]
    return replyText(reply[0]) === 'ok' ? 'settled' : 'lost'
  }

  /**
   * Puts every active job back to the head of the waiting ones, in order, and replaces the lease's token by
   * `newToken`, which must never have been used. `tokens`: every token that this session may hold. `uncertain`: the jobs
   * that may have been in flight when their session ended, `active` for all that are claimed; later claims tell so.
   */
  async requeue(
    newToken: string,
    tokens: readonly string[],
    ttlMs: number,
    uncertain: 'active' | readonly string[] = [],
  ): Promise<'requeued' | 'lost'> {
    const { lease, meta, wait, active, marker, jobBase } = this.#keys
    const isAll = uncertain === 'active'
    const jobs = isAll ? [] : uncertain
    const reply = (await this.#runner.run(
      requeueScript,
      [lease, meta, wait, active, marker],
      [newToken, ttlMs, jobBase, isAll ? 1 : 0, tokens.length, ...tokens, ...jobs],
    )) as unknown[]
    return replyText(reply[0]) === 'ok' ? 'requeued' : 'lost'
  }
}

function readClaim(reply: unknown[]): ClaimReply {
  const kind = replyText(reply[0])
  if (kind === 'lost' || kind === 'paused') return { kind }
  if (kind === 'out_of_sync') return { kind, active: Number(reply[1]) }
  const jobs: ClaimedJob[] = []
  for (let at = 1; at < reply.length; at += 7) {
    jobs.push({
      id: replyText(reply[at]),
      name: replyText(reply[at + 1]),
      data: reply[at + 2] as Buffer,
      committedAt: Number(replyText(reply[at + 3])),
      claims: Number(reply[at + 4]),
      settled: replyText(reply[at + 5]),
      maybeDelivered: replyText(reply[at + 6]) === '1',
    })
  }
  return { kind: 'claimed', jobs }
}

function settleArguments(
  request: SettleRequest,
  jobBase: string,
  nowMs: number,
): (string | number)[] {
  const jobs: string[] = []
  const members: string[] = []
  const records: string[] = []
  for (const job of request.jobs) {
    const ordered = job.positions.toSorted((one, other) => one.position - other.position)
    jobs.push(job.jobId, outcomeLetters(job, ordered))
    for (const settled of ordered) {
      members.push(settled.member)
      if (settled.record !== undefined)
        records.push(JSON.stringify(settled.record), fingerprintOf(settled.record))
    }
  }
  const generation = dedupeGeneration(nowMs)
  const head = [request.token, nowMs, generation, DEDUPE_BUCKET_TTL_S, jobBase, RESOLVED_TTL_S]
  return [...head, request.jobs.length, ...jobs, ...members, ...records]
}

/**
 * One letter per position.
 *
 * @throws RangeError for what would shift the script's arguments, so that it would raise after its first writes.
 */
function outcomeLetters(job: SettledJob, ordered: readonly SettledPosition[]): string {
  let letters = ''
  for (const { position, outcome, record } of ordered) {
    const isNext = position >= letters.length && position < job.count
    if (!isNext || (outcome === 'dead') !== (record !== undefined)) {
      throw new RangeError(`settle of ${job.jobId}: position ${position} cannot be ${outcome}`)
    }
    letters += '-'.repeat(position - letters.length) + LETTERS[outcome]
  }
  return letters + '-'.repeat(job.count - letters.length)
}
