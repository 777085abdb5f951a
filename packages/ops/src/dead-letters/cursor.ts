// A place in the list of all dead letters of a namespace, as text. The order is: newest first; at the same
// millisecond by partition, then by the order that Redis gives within it. A cursor stays valid while others die or
// are resolved.

import { RelayError } from '@retention-relay/events'
import type { DeadLetterPlace } from '@retention-relay/queue'

/** A place in one partition. */
export interface ListedPlace extends DeadLetterPlace {
  readonly partition: number
}

/** The text of a place: `<died at>.<partition>.<member>`. */
export function formatCursor({ diedAt, partition, member }: ListedPlace): string {
  return `${diedAt}.${partition}.${member}`
}

/** @throws RelayError `RELAY_CONFIG_INVALID`. */
export function parseCursor(text: string): ListedPlace {
  const match = /^(\d{1,15})\.(\d{1,4})\.(-?\d{1,19})$/.exec(text)
  if (match === null) {
    throw new RelayError(
      'RELAY_CONFIG_INVALID',
      `${JSON.stringify(text)} is not a cursor: give the one that the last page ended with.`,
    )
  }
  return { diedAt: Number(match[1]), partition: Number(match[2]), member: match[3] ?? '' }
}

/** Where a partition's own list goes on behind a place of the whole list. */
export function startOf(partition: number, after: ListedPlace | null): DeadLetterPlace | null {
  if (after === null) return null
  if (partition === after.partition) return after
  // Of the same millisecond, lower partitions came before the place and higher ones come behind it. Every member
  // is below "~" and above "".
  return { diedAt: after.diedAt, member: partition < after.partition ? '' : '~' }
}

/** Negative when `one` is listed before `other`. */
export function compareListed(one: ListedPlace, other: ListedPlace): number {
  return other.diedAt - one.diedAt || one.partition - other.partition
}
