// Asks a worker again and again whether it is ready, as a platform does, and keeps when that changed. No answer at all
// counts as not ready.

import { setTimeout as pause } from 'node:timers/promises'

/** What was seen from a time on. */
export interface HealthChange {
  readonly at: number
  readonly state: 'ready' | 'not_ready' | 'no_answer'
}

const EVERY_MS = 250
const ANSWER_MS = 1000

/** Watches one worker process. */
export class HealthWatch {
  readonly httpPort: number
  readonly #url: string
  readonly #ended = new AbortController()
  readonly #watching: Promise<void>
  /** Wall clock. Written by `stop`. */
  #endedAt: number | undefined
  readonly changes: HealthChange[] = []

  constructor(httpPort: number) {
    this.httpPort = httpPort
    this.#url = `http://127.0.0.1:${httpPort}/health/ready`
    this.#watching = this.#watch()
  }

  get state(): HealthChange['state'] {
    return this.changes.at(-1)?.state ?? 'no_answer'
  }

  /** Whether it was watched through all of a period. */
  isSeenIn({ from, until }: { readonly from: number; readonly until: number }): boolean {
    const [first] = this.changes
    return first !== undefined && first.at <= from && (this.#endedAt ?? until) >= until
  }

  async stop(): Promise<void> {
    this.#endedAt ??= Date.now()
    this.#ended.abort()
    await this.#watching
  }

  async #watch(): Promise<void> {
    const { signal } = this.#ended
    while (!signal.aborted) {
      const state = await this.#look()
      if (!signal.aborted && state !== this.changes.at(-1)?.state) {
        this.changes.push({ at: Date.now(), state })
      }
      await pause(EVERY_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  async #look(): Promise<HealthChange['state']> {
    try {
      const response = await fetch(this.#url, { signal: AbortSignal.timeout(ANSWER_MS) })
      return response.ok ? 'ready' : 'not_ready'
    } catch {
      return 'no_answer'
    }
  }
}
