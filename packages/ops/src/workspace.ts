// Binds a namespace to another Customer.io workspace: a person's decision, since workers refuse to make it.

import { readNamespace, rebindWorkspace as rebind } from '@retention-relay/queue'

import type { OpsConnection } from './connection.ts'

/** What a rebinding came to. */
export type RebindResult = 'rebound' | 'was_bound'

/** Binds the namespace to the workspace of this site id. Null when no process has opened the namespace yet. */
export async function rebindWorkspace(
  { client }: OpsConnection,
  namespace: string,
  siteId: string,
): Promise<RebindResult | null> {
  if ((await readNamespace(client, namespace)) === null) return null
  return (await rebind(client, namespace, siteId)) ? 'rebound' : 'was_bound'
}
