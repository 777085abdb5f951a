// What a person reads. With --json everything but the last line goes to standard error.

/** Writes lines for people. */
export class Printer {
  readonly #stream: NodeJS.WriteStream
  /** Whether the last thing written is a line that may be overwritten. */
  #open = false

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  /** Whether a terminal shows it, where a line can be overwritten. */
  get isTerminal(): boolean {
    return this.#stream.isTTY && process.env['CI'] === undefined
  }

  line(text: string): void {
    this.#stream.write(`${this.#open ? '\n' : ''}${text}\n`)
    this.#open = false
  }

  /** A line of the set-up with its time. */
  step(name: string, text: string, startedMs: number): void {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
    this.line(`${name.padEnd(13)}${text} (${seconds} s)`)
  }

  /** On a terminal overwrites the last live line, elsewhere writes a line. */
  live(text: string): void {
    if (!this.isTerminal) {
      this.line(text)
      return
    }
    this.#stream.write(`\r\u001B[2K${text}`)
    this.#open = true
  }
}
