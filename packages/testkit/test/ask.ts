// One command to a Redis and its reply, without a client library (only packages/queue may import one). Knows the
// reply types that these tests need: simple strings, errors, integers, bulk strings and arrays of them.
import { connect } from 'node:net'

export type Reply = string | number | null | Reply[]
export interface Address {
  socketPath?: string
  port?: number
}

/** Words are separated by single spaces. Rejects on an error reply, and when the connection ends without a reply. */
export function ask({ socketPath, port = 0 }: Address, command: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = socketPath ? connect(socketPath) : connect(port, '127.0.0.1')
    let text = ''
    socket.once('connect', () => socket.write(`${command}\r\n`))
    socket.on('data', (chunk) => {
      text += chunk.toString()
      if (text.startsWith('-')) socket.destroy(new Error(text.trim()))
      const parsed = parse(text)
      if (parsed) resolve(parsed.reply)
      if (parsed) socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed without a reply')))
  })
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
  if (text[0] === ':') return { reply: Number(value), rest }
  if (text[0] === '$') return parseBulk(Number(value), rest)
  if (text[0] === '*') return parseArray(Number(value), rest)
  return { reply: value, rest }
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
