// The registry of live workers: each renews its own entry; the others count it until it lapses. Only a hint for
// sharing partitions evenly: the leases decide who drains what. With each sign of life a worker hears whether its
// namespace is paused, and whether Redis still knows the namespace.

import type { ScriptRunner } from '../connection/script.ts'
import { replyText } from '../connection/script.ts'
import type { NamespaceKeys } from '../keys.ts'
import { readPause } from '../pause/pause-store.ts'
import type { StoredPause } from '../pause/pause-store.ts'
import { registerScript } from './register-script.ts'

/** What a worker hears with a sign of life. */
export interface RegistryReply {
  /** Ids of all live workers. */
  readonly live: readonly string[]
  /** Why the namespace is paused; null when it is not. */
  readonly pause: StoredPause | null
  /**
   * True when Redis was emptied since the last sign of life: it does not know the namespace, or somebody has set it up
   * anew meanwhile. Told once.
   */
  readonly wasEmptied: boolean
  /** Somebody looks at the live view. */
  readonly isTailed: boolean
  /** Redis' clock, in milliseconds since 1970. */
  readonly nowMs: number
}

/** One worker's view of the registry. */
export class WorkerRegistry {
  readonly #runner: ScriptRunner
  readonly #keys: NamespaceKeys
  readonly #workerId: string
  readonly #ttlMs: number
  /** When the namespace that is known was set up; undefined after a loss. Written by `#run`. */
  #createdAt: string | undefined

  constructor(
    runner: ScriptRunner,
    options: {
      readonly keys: NamespaceKeys
      readonly workerId: string
      /** How long an entry counts, in milliseconds. */
      readonly ttlMs: number
      /** Of the namespace as it was opened. */
      readonly createdAt: string
    },
  ) {
    this.#runner = runner
    this.#keys = options.keys
    this.#workerId = options.workerId
    this.#ttlMs = options.ttlMs
    this.#createdAt = options.createdAt
  }

  /** Renews this worker's entry. */
  async register(): Promise<RegistryReply> {
    return await this.#run('live')
  }

  /** Removes this worker's entry. */
  async leave(): Promise<RegistryReply> {
    return await this.#run('leave')
  }

  async #run(mode: string): Promise<RegistryReply> {
    const { workers, config, tail } = this.#keys
    const args = [mode, this.#workerId, this.#ttlMs]
    const reply = (await this.#runner.run(
      registerScript,
      [workers, config, tail],
      args,
    )) as unknown[]
    const [partitions = '', createdAt = '', pause = '', asked = '0', now = '', ...live] =
      reply.map(replyText)
    return {
      live,
      pause: readPause(pause),
      wasEmptied: this.#noteSettings(partitions, createdAt),
      isTailed: asked === '1',
      nowMs: Number(now),
    }
  }

  #noteSettings(partitions: string, createdAt: string): boolean {
    const known = this.#createdAt
    const isThere = partitions !== ''
    this.#createdAt = isThere ? createdAt : undefined
    return known !== undefined && (!isThere || createdAt !== known)
  }
}
