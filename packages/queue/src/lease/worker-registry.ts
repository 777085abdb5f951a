// The registry of live workers: each renews its own entry; the others count it until it lapses. Only a hint for
// sharing partitions evenly: the leases decide who drains what.

import type { ScriptRunner } from '../connection/script.ts'
import { replyText } from '../connection/script.ts'
import type { NamespaceKeys } from '../keys.ts'
import { registerScript } from './register-script.ts'

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

  /** Renews this worker's entry. Returns the ids of all live workers. */
  async register(): Promise<string[]> {
    return await this.#run('live')
  }

  /** Removes this worker's entry. Returns the ids of the others. */
  async leave(): Promise<string[]> {
    return await this.#run('leave')
  }

  async #run(mode: string): Promise<string[]> {
    const args = [mode, this.#workerId, this.#ttlMs]
    const reply = (await this.#runner.run(registerScript, [this.#keys.workers], args)) as unknown[]
    return reply.map((id) => replyText(id))
  }
}
