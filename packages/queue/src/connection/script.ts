// Lua scripts and how they are run. A script is loaded on every new connection and called by its digest; an
// unknown script is an error and never falls back to EVAL, which would change the order of the pipeline.
// All scripts are flagged `allow-oom`: at `maxmemory` only delivering frees memory, and delivering needs some.
//
// While a slot of a Cluster moves, some of its keys are on one master and some on the other. Redis looks at the declared
// keys before a script runs, but at a key whose name the script makes only when the script comes to it: after its first
// writes, or, on the new master, as if the key were not there. So such a script also declares a key that never exists:
// Redis then refuses it, before it runs, for as long as the slot moves.

import { createHash } from 'node:crypto'

import type { RedisClient } from './client.ts'
import { absentKey } from '../keys.ts'
import { masters } from './cluster-node.ts'

/** Which keys a script touches: its `KEYS` only, or others of their slot too, whose names it makes. */
export type ScriptReach = 'keys' | 'slot'

/** One script. */
export interface Script {
  readonly name: string
  readonly lua: string
  /** SHA-1 of the text, by which Redis knows it. */
  readonly sha: string
  readonly reach: ScriptReach
}

/** Declares a script. `lua` follows the line with its flags. `keys` only where it makes no name of a key itself. */
export function defineScript(name: string, lua: string, reach: ScriptReach = 'slot'): Script {
  const text = `#!lua flags=allow-oom\n-- retention-relay ${name}\n${lua}`
  return { name, lua: text, sha: createHash('sha1').update(text).digest('hex'), reach }
}

/** Runs scripts on one client. */
export class ScriptRunner {
  readonly #client: RedisClient
  readonly #scripts: readonly Script[]
  readonly #onReady = (): void => {
    // A failed load shows as NOSCRIPT at the next call.
    this.load().catch(() => undefined)
  }

  /** `scripts` are loaded now, if the client is ready, and on each of its later connections. */
  constructor(client: RedisClient, scripts: readonly Script[]) {
    this.#client = client
    this.#scripts = scripts
    client.on('ready', this.#onReady)
    if (client.status === 'ready') this.#onReady()
  }

  /** Loads the scripts on the server, in a Cluster on every master. */
  async load(): Promise<void> {
    const loads = masters(this.#client).flatMap((node) =>
      this.#scripts.map((script) => node.script('LOAD', script.lua)),
    )
    await Promise.all(loads)
  }

  /** Calls a script. Rejects on any fault of Redis or of the connection; what it did is then not known. */
  async run(
    script: Script,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    const declared = script.reach === 'slot' ? [...keys, absentKey(keys[0] ?? '')] : keys
    try {
      return await this.#client.callBuffer(
        'evalsha',
        script.sha,
        declared.length,
        ...declared,
        ...args,
      )
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT')) this.#onReady()
      throw error
    }
  }

  /** Stops loading on new connections. The client stays open. */
  detach(): void {
    this.#client.off('ready', this.#onReady)
  }
}

/** Text of one element of a script's reply. */
export function replyText(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.toString('utf8')
  return typeof value === 'string' ? value : String(value)
}
