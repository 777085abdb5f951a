// A pause of the whole namespace in Redis: a worker asks for it, every worker reads it with its sign of life, a person ends
// it and says why.

import type { Script, ScriptRunner } from '../connection/script.ts'
import { replyText } from '../connection/script.ts'
import type { NamespaceKeys } from '../keys.ts'
import { pauseScript } from './pause-script.ts'

/** Why a namespace is paused. */
export interface StoredPause {
  /** What was seen, for a person. */
  readonly detail: string
  /** Id of the worker that asked for it. */
  readonly by: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Who ends a pause, and why. */
export interface Resumption {
  readonly who: string
  readonly why: string
}

/** Scripts that a runner for pauses must load. */
export const pauseScripts: readonly Script[] = [pauseScript]

/** The pause of one namespace. */
export class PauseStore {
  readonly #runner: ScriptRunner
  readonly #keys: NamespaceKeys

  constructor(runner: ScriptRunner, keys: NamespaceKeys) {
    this.#runner = runner
    this.#keys = keys
  }

  /** Pauses the namespace; a pause that stands stays. */
  async pause(pause: StoredPause): Promise<void> {
    await this.#run('pause', JSON.stringify(pause))
  }

  /** Ends the pause and writes down who did, and why. Returns what it was; null when there was none. */
  async resume({ who, why }: Resumption, at: number): Promise<StoredPause | null> {
    return readPause(await this.#run('resume', JSON.stringify({ verb: 'resume', who, why, at })))
  }

  async #run(mode: string, content: string): Promise<string> {
    const { config, audit } = this.#keys
    return replyText(await this.#runner.run(pauseScript, [config, audit], [mode, content]))
  }
}

/** A stored pause; null for an empty text. A damaged one is a pause all the same. */
export function readPause(text: string): StoredPause | null {
  if (text === '') return null
  try {
    const { detail, by, at } = JSON.parse(text) as Partial<Record<keyof StoredPause, unknown>>
    return { detail: String(detail), by: String(by), at: Number(at) }
  } catch {
    return { detail: `a pause that cannot be read: ${text.slice(0, 100)}`, by: '', at: 0 }
  }
}
