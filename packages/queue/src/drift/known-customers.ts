// Which customers the namespace has seen before, one in eight of them. Bounded: once two million are known, new ones are
// no longer told from them.

import type { FirstOperation } from '@retention-relay/events'

import type { ScriptRunner } from '../connection/script.ts'
import { replyText } from '../connection/script.ts'
import type { NamespaceKeys } from '../keys.ts'
import { customersScript } from './customers-script.ts'

/** Customers of one call: it holds Redis up for about a millisecond. */
const CUSTOMERS_PER_CALL = 1000

/** Adds customers; counts those that were not known before by what they were seen with first. */
export async function storeFirstOperations(
  runner: ScriptRunner,
  keys: NamespaceKeys,
  customers: ReadonlyMap<string, FirstOperation>,
): Promise<Readonly<Record<FirstOperation, number>>> {
  const counts = { track: 0, identify: 0, other: 0 } satisfies Record<FirstOperation, number>
  const all = [...customers]
  for (let first = 0; first < all.length; first += CUSTOMERS_PER_CALL) {
    const group = all.slice(first, first + CUSTOMERS_PER_CALL)
    const members = group.map(([member]) => member)
    const reply = replyText(await runner.run(customersScript, [keys.customers], members))
    group.forEach(([, kind], index) => (counts[kind] += reply[index] === '1' ? 1 : 0))
  }
  return counts
}
