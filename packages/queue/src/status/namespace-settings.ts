// The settings of a namespace for somebody who only looks: unlike `openNamespace` it writes nothing, so that a
// mistyped name does not found a namespace.

import type { RedisClient } from '../connection/client.ts'
import { assertNamespace } from '../connection/namespace.ts'
import type { OpenNamespace } from '../connection/namespace.ts'
import { namespaceKeys } from '../keys.ts'
import { readPause } from '../pause/pause-store.ts'
import type { StoredPause } from '../pause/pause-store.ts'

/** The settings, and whether it is paused. */
export interface NamespaceSettings extends OpenNamespace {
  /** Null when it is not paused. */
  readonly pause: StoredPause | null
}

/**
 * The settings, or null when no process has opened the namespace yet.
 *
 * @throws RelayError `RELAY_CONFIG_INVALID` for a name that cannot be.
 */
export async function readNamespace(
  client: RedisClient,
  namespace: string,
): Promise<NamespaceSettings | null> {
  assertNamespace({ namespace })
  const { config } = namespaceKeys(namespace)
  const fields = ['generation', 'partitions', 'createdAt', 'pause']
  const [generation, partitions, createdAt, pause] = await client.hmget(config, ...fields)
  if (!generation || !partitions) return null
  return {
    namespace,
    generation: Number(generation),
    partitions: Number(partitions),
    createdAt: createdAt ?? '',
    pause: readPause(pause ?? ''),
  }
}
