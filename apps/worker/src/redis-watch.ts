// Follows a connection to Redis that reconnects by itself. Each outage is told once, with its cause: a wrong password
// after a rotation looks the same as a dead host from everywhere else.

import type { RedisClient } from '@retention-relay/queue'

/** Told what becomes of the connection. */
export interface RedisWatcher {
  /** It can take commands, or no longer. */
  changed(isReady: boolean): void
  /** The first error since it was ready. */
  away(cause: string): void
}

/** Begins to follow a client. */
export function watchRedis(client: RedisClient, watcher: RedisWatcher): void {
  let isToldAway = false
  watcher.changed(client.status === 'ready')
  client.on('ready', () => {
    isToldAway = false
    watcher.changed(true)
  })
  client.on('close', () => watcher.changed(false))
  client.on('error', (error: Error) => {
    if (isToldAway) return
    isToldAway = true
    watcher.away(error.message)
  })
}
