// Lists unresolved dead letters of a namespace, newest first, a page at a time. Whom a filter leaves out is read all
// the same, so a page of a rare reason may cost a walk through all of them; the walk holds one page in memory.

import type { DeadReason } from '@retention-relay/events'
import type { DeadLetterStore, StoredDeadLetter } from '@retention-relay/queue'

import type { OpsConnection } from '../connection.ts'
import { formatCursor, parseCursor } from './cursor.ts'
import type { ListedPlace } from './cursor.ts'
import { mergedPlaces } from './merged-places.ts'
import { openStores } from './stores.ts'
import { summarize } from './summary.ts'
import type { DeadLetterSummary } from './summary.ts'

/** What to list. */
export interface DeadLetterQuery {
  /** Most letters on the page. 1 or more. Default 20. */
  readonly limit?: number
  /** `next` of the last page. Default: from the newest. */
  readonly after?: string
  readonly reason?: DeadReason
  /** Name or kind of the event. */
  readonly label?: string
}

/** One page. */
export interface DeadLetterPage {
  readonly letters: readonly DeadLetterSummary[]
  /** Give it as `after` for the next page; null on the last one. */
  readonly next: string | null
  /** Unresolved dead letters of the namespace, whatever the filter. */
  readonly total: number
}

interface Match {
  readonly place: ListedPlace
  readonly letter: StoredDeadLetter
}

const DEFAULT_LIMIT = 20
const READ_AT_ONCE = 100

/**
 * Reads a page; null when no process has opened the namespace yet.
 *
 * @throws RelayError `RELAY_CONFIG_INVALID` for a cursor that is none. Errors of Redis pass through.
 */
export async function listDeadLetters(
  connection: OpsConnection,
  namespace: string,
  query: DeadLetterQuery = {},
): Promise<DeadLetterPage | null> {
  const { limit = DEFAULT_LIMIT, after } = query
  const cursor = after === undefined ? null : parseCursor(after)
  const opened = await openStores(connection, namespace)
  if (opened === null) return null
  const { stores } = opened
  const counts = await Promise.all(stores.map((store) => store.count()))
  // One more than the page tells whether there is another.
  const matches = await collect(stores, cursor, query, limit + 1)
  const page = matches.slice(0, limit)
  const last = page.at(-1)
  return {
    letters: page.map(({ letter }) => summarize(letter)),
    next: matches.length > limit && last !== undefined ? formatCursor(last.place) : null,
    total: counts.reduce((total, count) => total + count, 0),
  }
}

async function collect(
  stores: readonly DeadLetterStore[],
  after: ListedPlace | null,
  query: DeadLetterQuery,
  most: number,
): Promise<Match[]> {
  const matches: Match[] = []
  let places: ListedPlace[] = []
  const readAtOnce = Math.min(most, READ_AT_ONCE)
  for await (const place of mergedPlaces(stores, after)) {
    places.push(place)
    if (places.length < readAtOnce) continue
    matches.push(...(await readMatches(stores, places, query)))
    places = []
    if (matches.length >= most) return matches
  }
  return [...matches, ...(await readMatches(stores, places, query))]
}

async function readMatches(
  stores: readonly DeadLetterStore[],
  places: readonly ListedPlace[],
  { reason, label }: DeadLetterQuery,
): Promise<Match[]> {
  const found = await Promise.all(
    places.map(async (place) => {
      return { place, letter: (await stores[place.partition]?.read(place)) ?? null }
    }),
  )
  return found.flatMap(({ place, letter }) => {
    if (letter === null) return []
    const { record } = letter
    const matches =
      (reason === undefined || record.reason === reason) &&
      (label === undefined || record.label === label)
    return matches ? [{ place, letter }] : []
  })
}
