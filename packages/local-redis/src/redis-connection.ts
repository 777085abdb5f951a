// One connection to a Redis, spoken by hand, so that this package needs no client library: a command is a line of
// words, and of the replies it knows what these commands give (a line, an error, a bulk string).
import { connect } from 'node:net'
import type { NetConnectOpts, Socket } from 'node:net'

/** `ended`: the connection is gone. `silent`: it is open, and no answer came in time. */
export type Answer = { kind: 'reply'; text: string } | { kind: 'ended' } | { kind: 'silent' }

export class RedisConnection {
  /** Resolves when the connection is gone, for whatever reason. */
  readonly closed: Promise<void>
  readonly #socket: Socket
  /** What was read and belongs to no reply yet. Written by `#read` alone. */
  #text = ''
  /** Callers in the order of their commands. */
  readonly #waiting: Array<(reply: string) => void> = []

  constructor(address: NetConnectOpts) {
    this.#socket = connect(address)
    this.closed = new Promise((resolve) => this.#socket.once('close', () => resolve()))
    this.#socket.on('error', () => undefined) // `closed` tells.
    this.#socket.on('data', (bytes) => this.#read(bytes.toString('latin1')))
  }

  /** A reply's text without its type, except that an error's begins with `-`. */
  ask(command: string, timeoutMs: number): Promise<Answer> {
    this.#socket.write(`${command}\r\n`)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve({ kind: 'silent' }), timeoutMs)
      const settle = (answer: Answer): void => {
        clearTimeout(timer)
        resolve(answer)
      }
      this.#waiting.push((text) => settle({ kind: 'reply', text }))
      void this.closed.then(() => settle({ kind: 'ended' }))
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(bytes: string): void {
    this.#text += bytes
    for (let reply = this.#take(); reply !== undefined; reply = this.#take()) {
      this.#waiting.shift()?.(reply)
    }
  }

  /** Takes one whole reply off the text. */
  #take(): string | undefined {
    const end = this.#text.indexOf('\r\n')
    if (end < 0) return undefined
    const head = this.#text.slice(0, end)
    const bytes = head.startsWith('$') ? Number(head.slice(1)) : -1
    const whole = bytes < 0 ? end + 2 : end + 2 + bytes + 2
    if (this.#text.length < whole) return undefined
    const reply = bytes < 0 ? head : this.#text.slice(end + 2, whole - 2)
    this.#text = this.#text.slice(whole)
    return reply.startsWith('+') ? reply.slice(1) : reply
  }
}
