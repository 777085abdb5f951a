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
  /** False when Redis knows the namespace no more: it was emptied. */
  readonly isKnown: boolean
}

/** One worker's view of the registry. */
export class WorkerRegistry {
  readonly #runner: ScriptRunner
  readonly #keys: NamespaceKeys
  readonly #workerId: string
  readonly #ttlMs: number

  constructor(runner: ScriptRunner, keys: NamespaceKeys, workerId: string, ttlMs: number) {
    this.#runner = runner
    this.#keys = keys
    this.#workerId = workerId
    this.#ttlMs = ttlMs
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
    const { workers, config } = this.#keys
    const args = [mode, this.#workerId, this.#ttlMs]
    const reply = (await this.#runner.run(registerScript, [workers, config], args)) as unknown[]
    const [partitions = '', pause = '', ...live] = reply.map((part) => replyText(part))
    return { live, pause: readPause(pause), isKnown: partitions !== '' }
  }
}
