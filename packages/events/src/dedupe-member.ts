// An id in the dedupe store: the first 8 bytes of its SHA-256 as a signed 64-bit integer. Redis keeps a set of
// signed integers in 8 bytes each; an unsigned one above 2^63 would turn the set into a hash table of 80.

import * as crypto from 'node:crypto'

/** The member of the dedupe store that stands for an id, in decimal. */
export function dedupeMember(id: string): string {
  // Through hex: the fastest way in Node, a quarter of the time of a Buffer.
  const hex = crypto.hash('sha256', id, 'hex').slice(0, 16)
  return BigInt.asIntN(64, BigInt(`0x${hex}`)).toString()
}
