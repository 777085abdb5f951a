// The lines that a program writes, kept for the test, and promises for lines that have not come yet. A wait ends in one
// of three ways: the line came, the program ended without it, or the time is over. The last two say what did come.
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

export interface WaitForLineOptions {
  /** Ignore lines before this index of `lines`. Default 0. */
  from?: number
  /** Default 30,000. */
  timeoutMs?: number
}

interface Waiter {
  look: (line: string) => void
  fail: (why: string) => void
}

const SHOWN_LINES = 20

export class LineLog {
  readonly lines: string[] = []
  readonly #program: string
  readonly #waiters = new Set<Waiter>()
  /** How the program ended; undefined while it runs. Written by `end` alone. */
  #ended: string | undefined

  constructor(program: string) {
    this.#program = program
  }

  /** Reads a stream to its end; returns the list that its lines are added to. */
  follow(stream: Readable): string[] {
    const own: string[] = []
    createInterface({ input: stream }).on('line', (line) => {
      own.push(line)
      this.lines.push(line)
      for (const waiter of this.#waiters) waiter.look(line)
    })
    return own
  }

  waitFor(pattern: RegExp, options: WaitForLineOptions = {}): Promise<RegExpExecArray> {
    const { from = 0, timeoutMs = 30_000 } = options
    for (const line of this.lines.slice(from)) {
      const match = pattern.exec(line)
      if (match) return Promise.resolve(match)
    }
    return this.#waitForNew(pattern, timeoutMs)
  }

  end(how: string): void {
    this.#ended = how
    for (const waiter of this.#waiters) waiter.fail(`it ended (${how})`)
  }

  #waitForNew(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
      }
      const waiter: Waiter = {
        look: (line) => {
          const match = pattern.exec(line)
          if (!match) return
          done()
          resolve(match)
        },
        fail: (why) => {
          done()
          reject(this.#explain(pattern, why))
        },
      }
      const timer = setTimeout(() => waiter.fail(`not within ${timeoutMs} ms`), timeoutMs)
      this.#waiters.add(waiter)
      if (this.#ended !== undefined) waiter.fail(`it ended (${this.#ended})`)
    })
  }

  #explain(pattern: RegExp, why: string): Error {
    const shown = this.lines.slice(-SHOWN_LINES).map((line) => `  ${line}`)
    return new Error(
      [`${this.#program} wrote no line like ${pattern}: ${why}`, ...shown].join('\n'),
    )
  }
}
