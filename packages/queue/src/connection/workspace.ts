// Binds a namespace to its Customer.io workspace. The first worker writes a hash of the site id; a worker with another
// site id does not start, so that the events of staging never reach the people of production. A person may bind the
// namespace anew.

import { createHash } from 'node:crypto'

import { RelayError } from '@retention-relay/events'

import { namespaceKeys } from '../keys.ts'
import type { RedisClient } from './client.ts'

const FIELD = 'workspace'

/**
 * Binds the namespace if it is not bound yet.
 *
 * @throws RelayError `RELAY_NAMESPACE_MISMATCH` when it is bound to another workspace.
 */
export async function bindWorkspace(
  client: RedisClient,
  namespace: string,
  siteId: string,
): Promise<void> {
  const { config } = namespaceKeys(namespace)
  const workspace = workspaceOf(siteId)
  // Written only where nothing stands: a full Redis refuses the write, and a worker must be able to start on it.
  if ((await client.hget(config, FIELD)) === null) await client.hsetnx(config, FIELD, workspace)
  const bound = await client.hget(config, FIELD)
  if (bound === workspace) return
  throw new RelayError(
    'RELAY_NAMESPACE_MISMATCH',
    `The namespace ${namespace} is bound to another Customer.io workspace. Correct CUSTOMERIO_SITE_ID or ` +
      `RELAY_NAMESPACE; if the workspace has really changed, run: relay workspace rebind SITE_ID`,
  )
}

/** Binds the namespace to this workspace, whatever it was bound to. True when that was another one, or none. */
export async function rebindWorkspace(
  client: RedisClient,
  namespace: string,
  siteId: string,
): Promise<boolean> {
  const { config } = namespaceKeys(namespace)
  const workspace = workspaceOf(siteId)
  const before = await client.hget(config, FIELD)
  await client.hset(config, FIELD, workspace)
  return before !== workspace
}

/** A hash: the site id is half of the credentials. */
function workspaceOf(siteId: string): string {
  return createHash('sha256').update(siteId).digest('hex').slice(0, 16)
}
