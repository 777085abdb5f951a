// The dead-letter stores of a namespace, one per partition.

import { DeadLetterStore, readNamespace } from '@retention-relay/queue'
import type { OpenNamespace } from '@retention-relay/queue'

import type { OpsConnection } from '../connection.ts'

/** The namespace and its stores, by partition number. */
export interface NamespaceStores {
  readonly open: OpenNamespace
  readonly stores: readonly DeadLetterStore[]
}

/** Null when no process has opened the namespace yet. */
export async function openStores(
  { client }: OpsConnection,
  namespace: string,
): Promise<NamespaceStores | null> {
  const open = await readNamespace(client, namespace)
  if (open === null) return null
  const { generation, partitions } = open
  const stores = Array.from({ length: partitions }, (_, partition) => {
    return new DeadLetterStore(client, { namespace, generation, partition })
  })
  return { open, stores }
}
