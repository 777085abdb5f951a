// What a command has around it: the environment, its streams and the wish of a person to stop. Handed in, so that
// nothing below reads `process`.

import type { Readable, Writable } from 'node:stream'

/** An output, and whether a person looks at it. */
export interface Screen {
  readonly write: (text: string) => void
  readonly isTerminal: boolean
  /** Characters in a line; undefined where that is not known. */
  readonly columns?: number | undefined
}

/** Around a command. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: Readable & { readonly isTTY?: boolean }
  /** Results. */
  readonly out: Screen
  /** Everything else. */
  readonly err: Screen
  /** Aborts at the first Ctrl-C or SIGTERM. */
  readonly stop: AbortSignal
}

/** Makes a screen of a stream. */
export function screenOf(stream: Writable & { isTTY?: boolean; columns?: number }): Screen {
  return {
    write: (text) => void stream.write(text),
    get isTerminal() {
      return stream.isTTY === true
    },
    get columns() {
      return stream.columns
    },
  }
}

/** Writes a value as one line of JSON. */
export function writeJson(screen: Screen, value: unknown): void {
  screen.write(`${JSON.stringify(value)}\n`)
}
