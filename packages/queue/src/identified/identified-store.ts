// Customers who were identified here, for events that demand it. By the hash of the customer id and not by partition, so
// that a namespace keeps them when its number of partitions changes. Bounded: of some twelve million customers on new ones
// count as identified.

import { dedupeMember } from '@retention-relay/events'

import type { Script, ScriptRunner } from '../connection/script.ts'
import { replyText } from '../connection/script.ts'
import { customerTag, identifiedKey } from '../keys.ts'
import { identifiedScript } from './identified-script.ts'

/** Scripts that a runner for identified customers must load. */
export const identifiedScripts: readonly Script[] = [identifiedScript]

/** Customer ids of one look. */
export interface IdentifiedLook {
  /** They are identified now. */
  readonly identified: readonly string[]
  /** Were they? */
  readonly asked: readonly string[]
}

/** Keeps who is identified, then returns those of `asked` who never were. */
export async function findUnidentified(
  runner: ScriptRunner,
  namespace: string,
  look: IdentifiedLook,
): Promise<ReadonlySet<string>> {
  const unidentified = await Promise.all(
    [...byTag(look)].map(async ([tag, { identified, asked }]) => {
      const members = [...identified, ...asked].map((customerId) => dedupeMember(customerId))
      const keys = [identifiedKey(namespace, tag)]
      const reply = await runner.run(identifiedScript, keys, [identified.length, ...members])
      const bits = replyText(reply)
      return asked.filter((_, index) => bits[index] === '0')
    }),
  )
  return new Set(unidentified.flat())
}

/** Customers whose keys share a slot. */
function byTag(look: IdentifiedLook): Map<string, Record<keyof IdentifiedLook, string[]>> {
  const groups = new Map<string, Record<keyof IdentifiedLook, string[]>>()
  for (const kind of ['identified', 'asked'] as const) {
    for (const customerId of look[kind]) {
      const tag = customerTag(customerId)
      const group = groups.get(tag) ?? { identified: [], asked: [] }
      group[kind].push(customerId)
      groups.set(tag, group)
    }
  }
  return groups
}
