// Is there a Redis at this address, does it serve, and which process is it? One PING and one INFO over a fresh
// connection, spoken by hand, so that this package needs no client library. A Redis that wants a password has
// answered and counts as up.
import { connect } from 'node:net'
import type { NetConnectOpts } from 'node:net'

/** `absent`: nobody listens there (a stale socket file included). `silent`: somebody does, and does not answer in time. */
export interface Probe {
  state: 'up' | 'loading' | 'absent' | 'silent'
  /** Process id as Redis says it; absent where it does not say (a password is needed). */
  pid?: number
}

const REQUEST = 'PING\r\nINFO server\r\n'

/** Never throws. `timeoutMs` bounds the whole exchange; default 1,000. */
export function probeRedis(address: NetConnectOpts, timeoutMs = 1_000): Promise<Probe> {
  return new Promise((resolve) => {
    const socket = connect(address)
    let reply = ''
    const timer = setTimeout(() => finish({ state: 'silent' }), timeoutMs)
    const finish = (result: Probe): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => socket.write(REQUEST))
    socket.on('data', (chunk) => {
      reply += chunk.toString('latin1')
      if (isWhole(reply)) finish(readReply(reply))
    })
    socket.once('error', () => finish({ state: 'absent' }))
    socket.once('close', () => finish({ state: 'absent' }))
  })
}

/** Two replies: a line, then a line (an error) or a bulk string (`$length`, bytes). */
function isWhole(reply: string): boolean {
  const first = reply.indexOf('\r\n')
  const second = first < 0 ? -1 : reply.indexOf('\r\n', first + 2)
  if (second < 0) return false
  const head = reply.slice(first + 2, second)
  return !head.startsWith('$') || reply.length >= second + 2 + Number(head.slice(1)) + 2
}

function readReply(reply: string): Probe {
  const state = reply.startsWith('-LOADING') ? 'loading' : 'up'
  const pid = /^process_id:(\d+)/m.exec(reply)?.[1]
  return pid ? { state, pid: Number(pid) } : { state }
}
