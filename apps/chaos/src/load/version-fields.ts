// What a newer relay keeps in keys that it shares with one of today: a field that nobody knows yet.

import { namespaceKeys, partitionKeys } from '@retention-relay/queue'

/** Its name. */
export const NEWER_FIELD = 'of-a-newer-relay'

/** Hashes of the relay in which workers of both read and write. */
export function sharedHashes(namespace: string, partition: number): readonly string[] {
  const { config } = namespaceKeys(namespace)
  const { counters, dedupe, leaseRun } = partitionKeys({ namespace, generation: 1, partition })
  return [config, counters, dedupe, leaseRun]
}
