// Leases in Redis: the exclusive right of one worker process to drain one partition. The value is the token
// `worker#epoch`; the lease ends by itself when it is not renewed. The lease in Redis alone is the truth.

import type { ScriptRunner } from '../connection/script.ts'
import { replyText } from '../connection/script.ts'
import type { PartitionKeys } from '../keys.ts'
import { leaseScript } from './lease-script.ts'

/** What Redis says of a lease. */
export interface LeaseReply {
  /** Whether the caller holds it now. */
  readonly held: boolean
  /** Token of the owner; empty when nobody owns it. */
  readonly owner: string
  /** Whether the queue is paused. */
  readonly paused: boolean
  /** BullMQ's `meta.version`, for instance `bullmq:6.7.0`; empty before the first job. */
  readonly layoutVersion: string
}

/** Acquires, renews and releases the leases of one worker. */
export class LeaseStore {
  readonly #runner: ScriptRunner
  readonly #workerId: string
  readonly #ttlMs: number

  constructor(runner: ScriptRunner, workerId: string, ttlMs: number) {
    this.#runner = runner
    this.#workerId = workerId
    this.#ttlMs = ttlMs
  }

  /**
   * Takes the lease if nobody has it, or if an earlier session of this very process left it behind. Not on a
   * replica that was promoted since the last lease was given, before one ttl has passed there.
   */
  async acquire(keys: PartitionKeys, token: string): Promise<LeaseReply> {
    return await this.#run('acquire', keys, [token])
  }

  /** Prolongs the lease if one of these tokens holds it. */
  async renew(keys: PartitionKeys, tokens: readonly string[]): Promise<LeaseReply> {
    return await this.#run('renew', keys, tokens)
  }

  /** Gives the lease back if one of these tokens holds it. */
  async release(keys: PartitionKeys, tokens: readonly string[]): Promise<LeaseReply> {
    return await this.#run('release', keys, tokens)
  }

  async #run(mode: string, keys: PartitionKeys, tokens: readonly string[]): Promise<LeaseReply> {
    const reply = (await this.#runner.run(
      leaseScript,
      [keys.lease, keys.meta, keys.leaseRun],
      [mode, this.#ttlMs, this.#workerId, ...tokens],
    )) as unknown[]
    return {
      held: Number(reply[0]) === 1,
      owner: replyText(reply[1]),
      paused: Number(reply[2]) === 1,
      layoutVersion: replyText(reply[3]),
    }
  }
}
