// Groups dead letters: those of one cause share a fingerprint.

import type { DeadLetterRecord } from '@retention-relay/events'

/** Longest fingerprint in characters: field names come from outside. */
export const FINGERPRINT_MAX_LENGTH = 200

/** Groups dead letters of one cause: reason, status, field and event name. */
export function fingerprintOf(record: DeadLetterRecord): string {
  const parts = [record.reason, record.status ?? '', record.field ?? '', record.label]
  return parts.join('|').slice(0, FINGERPRINT_MAX_LENGTH)
}
