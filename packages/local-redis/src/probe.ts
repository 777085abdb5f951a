// Is there a Redis at this address, does it serve, and which process is it? One look over a fresh connection. A Redis
// that wants a password has answered and counts as up.
import type { NetConnectOpts } from 'node:net'

import { RedisConnection } from './redis-connection.ts'

/** `absent`: nobody listens there (a stale socket file included). `silent`: somebody does, and does not answer in time. */
export interface Probe {
  state: 'up' | 'loading' | 'absent' | 'silent'
  /** Process id as Redis says it; absent where it does not say (a password is needed). */
  pid?: number
}

/** Never throws. `timeoutMs` bounds each of its two questions; default 1,000. */
export async function probeRedis(address: NetConnectOpts, timeoutMs = 1_000): Promise<Probe> {
  const connection = new RedisConnection(address)
  const pong = await connection.ask('PING', timeoutMs)
  const info = pong.kind === 'reply' ? await connection.ask('INFO server', timeoutMs) : pong
  connection.close()
  if (pong.kind !== 'reply' || info.kind !== 'reply') return { state: STATE[info.kind] }
  const pid = /^process_id:(\d+)/m.exec(info.text)?.[1]
  const state = pong.text.startsWith('-LOADING') ? 'loading' : 'up'
  return pid ? { state, pid: Number(pid) } : { state }
}

const STATE = { reply: 'up', ended: 'absent', silent: 'silent' } as const
