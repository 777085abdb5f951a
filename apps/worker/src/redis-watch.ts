// Follows a connection to Redis that reconnects by itself. Of each outage every cause is told once: a wrong password after a
// rotation looks the same as a dead host from everywhere else, and often comes after a reset.

import type { RedisClient } from '@retention-relay/queue'

/** Causes of one outage that are told. */
const MOST_CAUSES = 10

/** Told what becomes of the connection. */
export interface RedisWatcher {
  /** It can take commands, or no longer. */
  changed(isReady: boolean): void
  /** An error that was not told since it was ready. */
  away(cause: string): void
}

/** Begins to follow a client. */
export function watchRedis(client: RedisClient, watcher: RedisWatcher): void {
  const told = new Set<string>()
  watcher.changed(client.status === 'ready')
  client.on('ready', () => {
    told.clear()
    watcher.changed(true)
  })
  client.on('close', () => watcher.changed(false))
  client.on('error', (error: Error) => {
    if (told.has(error.message) || told.size >= MOST_CAUSES) return
    told.add(error.message)
    watcher.away(error.message)
  })
}
