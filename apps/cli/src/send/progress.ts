// The progress bar of `relay send`: one line on standard error that is written over, for a person at a terminal. On a
// pipe it writes nothing. Other lines are written above it.

import { formatCount } from '../output/format.ts'
import type { Screen } from '../surroundings.ts'

/** How far it is. */
export interface ProgressFacts {
  readonly readBytes: number
  readonly accepted: number
  readonly rejected: number
  /** Redis refuses, and what it refused is tried again. */
  readonly waiting: boolean
}

const BAR_WIDTH = 24
const REDRAW_MS = 100
const CLEAR_LINE = '\r\u001b[K'

/** Draws it. */
export class Progress {
  readonly #screen: Screen
  readonly #totalBytes: number | undefined
  readonly #monotonicMs: () => number
  readonly #startedMs: number
  #drawnMs = Number.NEGATIVE_INFINITY

  /** `totalBytes` is not known of a pipe. */
  constructor(screen: Screen, totalBytes: number | undefined, monotonicMs: () => number) {
    this.#screen = screen
    this.#totalBytes = totalBytes
    this.#monotonicMs = monotonicMs
    this.#startedMs = monotonicMs()
  }

  /** Draws it anew, ten times a second at most. */
  update(facts: ProgressFacts): void {
    const now = this.#monotonicMs()
    if (!this.#screen.isTerminal || now - this.#drawnMs < REDRAW_MS) return
    this.#drawnMs = now
    this.#screen.write(`${CLEAR_LINE}${this.#text(facts, now - this.#startedMs)}`)
  }

  /** Writes a line above it. */
  say(line: string): void {
    this.clear()
    this.#screen.write(`${line}\n`)
  }

  /** Removes it. */
  clear(): void {
    if (this.#drawnMs === Number.NEGATIVE_INFINITY) return
    this.#screen.write(CLEAR_LINE)
    this.#drawnMs = Number.NEGATIVE_INFINITY
  }

  #text({ readBytes, accepted, rejected, waiting }: ProgressFacts, elapsedMs: number): string {
    const perSecond = elapsedMs === 0 ? 0 : Math.round((accepted * 1000) / elapsedMs)
    const parts = [
      ...(this.#totalBytes === undefined ? [] : [bar(readBytes / this.#totalBytes)]),
      `${formatCount(accepted)} accepted`,
      `${formatCount(rejected)} rejected`,
      waiting ? 'waiting for Redis' : `${formatCount(perSecond)}/s`,
    ]
    return parts.join('  ').slice(0, (this.#screen.columns ?? 80) - 1)
  }
}

function bar(ratio: number): string {
  const part = Math.min(1, ratio)
  const filled = Math.floor(part * BAR_WIDTH)
  const text = '#'.repeat(filled).padEnd(BAR_WIDTH, '-')
  return `[${text}] ${String(Math.floor(part * 100)).padStart(3)} %`
}
