// Ends the pause of a namespace: a person's decision, written down with its reason.

import { namespaceKeys, PauseStore, readNamespace } from '@retention-relay/queue'
import type { Resumption, StoredPause } from '@retention-relay/queue'

import type { OpsConnection } from './connection.ts'

/** What resuming came to. */
export type ResumeResult =
  | { readonly kind: 'resumed'; readonly pause: StoredPause }
  | { readonly kind: 'not_paused' }

/** Ends the pause; workers go on within a second. Null when no process has opened the namespace yet. */
export async function resumeNamespace(
  { client, runner }: OpsConnection,
  namespace: string,
  resumption: Resumption,
): Promise<ResumeResult | null> {
  if ((await readNamespace(client, namespace)) === null) return null
  const store = new PauseStore(runner, namespaceKeys(namespace))
  const pause = await store.resume(resumption, Date.now())
  return pause === null ? { kind: 'not_paused' } : { kind: 'resumed', pause }
}
