// A Redis client for these tests, by hand (only packages/queue may import one): commands as lines of words, replies
// parsed as far as needed: simple strings, integers, bulk strings, arrays. An error reply is an `Error`.
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

export type Reply = string | number | null | Error | Reply[]

export interface Address {
  socketPath?: string
  port?: number
}

export class RespClient {
  readonly socket: Socket
  /** Resolves when the connection is gone, however it ended. */
  readonly closed: Promise<void>
  /** What was read and not yet taken as a reply. */
  text = ''

  constructor({ socketPath, port = 0 }: Address) {
    this.socket = socketPath ? connect(socketPath) : connect(port, '127.0.0.1')
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
    this.socket.on('error', () => undefined)
    this.socket.on('data', (bytes) => {
      this.text += bytes.toString()
    })
  }

  /** Without waiting for a reply. */
  send(...commands: string[]): void {
    this.socket.write(commands.map((command) => `${command}\r\n`).join(''))
  }

  /** The next reply. Rejects when the connection ends without one. */
  async reply(): Promise<Reply> {
    for (;;) {
      const parsed = parse(this.text)
      this.text = parsed?.rest ?? this.text
      if (parsed) return parsed.reply
      if (this.socket.destroyed) throw new Error('closed without a reply')
      await Promise.race([once(this.socket, 'data').catch(() => undefined), this.closed])
    }
  }

  ask(command: string): Promise<Reply> {
    this.send(command)
    return this.reply()
  }
}

/** One command over a connection of its own. */
export async function ask(address: Address, command: string): Promise<Reply> {
  const client = new RespClient(address)
  try {
    return await client.ask(command)
  } finally {
    client.socket.destroy()
  }
}

interface Parsed {
  reply: Reply
  rest: string
}

function parse(text: string): Parsed | undefined {
  const end = text.indexOf('\r\n')
  if (end < 0) return undefined
  const value = text.slice(1, end)
  const rest = text.slice(end + 2)
  if (text.startsWith(':')) return { reply: Number(value), rest }
  if (text.startsWith('$')) return parseBulk(Number(value), rest)
  if (text.startsWith('*')) return parseArray(Number(value), rest)
  return { reply: text.startsWith('-') ? new Error(value) : value, rest }
}

function parseBulk(length: number, rest: string): Parsed | undefined {
  if (length < 0) return { reply: null, rest }
  if (rest.length < length + 2) return undefined
  return { reply: rest.slice(0, length), rest: rest.slice(length + 2) }
}

function parseArray(count: number, text: string): Parsed | undefined {
  const reply: Reply[] = []
  let rest = text
  while (reply.length < count) {
    const item = parse(rest)
    if (!item) return undefined
    reply.push(item.reply)
    rest = item.rest
  }
  return { reply, rest }
}
