// Whether Redis takes what the worker writes. One that answers, and refuses, keeps its connections: a master without the
// replicas that it wants, a full disk, missing rights, a slot of a Cluster that moves. Leases end then without a word, so it is
// said here, by the sign of life that is written every half second: each cause once, and in the readiness until a sign of life
// is taken again.

import { lastAnswer } from '@retention-relay/queue'
import type { Logger } from 'pino'

import type { Health } from './health.ts'

/** Answers that stay until somebody mends Redis. A script that is not loaded yet, or a Redis that loads, is no such one. */
const REFUSED =
  /^(?:NOREPLICAS|MISCONF|READONLY|OOM|NOPERM|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK)\b/

/** Follows the sign of life. */
export class RedisRefusals {
  readonly #health: Health
  readonly #logger: Logger
  /** The cause that was told last; undefined when the last sign of life was taken. */
  #told: string | undefined

  constructor(health: Health, logger: Logger) {
    this.#health = health
    this.#logger = logger
  }

  /** Carries the command out, and notes how it ended. */
  async follow<Reply>(command: () => Promise<Reply>): Promise<Reply> {
    try {
      const reply = await command()
      this.#told = undefined
      this.#health.set('writes', true)
      return reply
    } catch (error) {
      const answer = error instanceof Error ? lastAnswer(error) : undefined
      if (answer !== undefined && REFUSED.test(answer)) this.#refused(answer)
      throw error
    }
  }

  #refused(cause: string): void {
    this.#health.set('writes', false)
    if (cause === this.#told) return
    this.#told = cause
    this.#logger.warn(
      { event: 'redis.refuses', cause },
      'Redis refuses what the worker writes; goes on trying',
    )
  }
}
