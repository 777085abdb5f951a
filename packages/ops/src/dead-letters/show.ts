// Shows one dead letter in full: the event, every death, and whether it is resolved. The id alone is known, not the
// partition, so all partitions are asked together; an event whose customer id moved through `merge` or a guest
// account may have died in two.

import type { StoredDeadLetter } from '@retention-relay/queue'

import type { OpsConnection } from '../connection.ts'
import { openStores } from './stores.ts'

/** A dead letter and where it lies. */
export interface FoundDeadLetter extends StoredDeadLetter {
  readonly partition: number
}

/**
 * Finds the dead letters of an event id, or of `<job id>.<position>` for a position that could not be read. Empty when
 * there is none; null when no process has opened the namespace yet. Unresolved ones come first, then the newest.
 */
export async function showDeadLetter(
  connection: OpsConnection,
  namespace: string,
  id: string,
): Promise<readonly FoundDeadLetter[] | null> {
  const opened = await openStores(connection, namespace)
  if (opened === null) return null
  const answers = await Promise.all(opened.stores.map((store) => store.find(id)))
  return answers
    .flatMap((letter, partition) => (letter === null ? [] : [{ ...letter, partition }]))
    .toSorted((one, other) => rank(one) - rank(other) || other.record.diedAt - one.record.diedAt)
}

function rank({ state }: StoredDeadLetter): number {
  return state === 'dead' ? 0 : 1
}
