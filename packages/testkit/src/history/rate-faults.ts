// Rate faults: more requests within any one second than 1.1 times the limit and one for each worker process that was there
// in it, all workers together. A burst is told once a second.

import type { Finding } from './finding.ts'
import type { RunFacts } from './records.ts'
import type { Traffic } from './traffic.ts'

const WINDOW_MS = 1_000

/** Most requests in any second that so many workers together may make, as a number that need not be whole. */
export function mostRequests(rateLimit: number, workers: number): number {
  return 1.1 * rateLimit + workers
}

export function findRateFaults({ requests }: Traffic, { rateLimit, workers }: RunFacts): Finding[] {
  const allowedAt = (at: number): number =>
    mostRequests(
      rateLimit,
      workers.filter(({ from, until }) => from <= at && until > at - WINDOW_MS).length,
    )
  const found: Finding[] = []
  let [first, silentUntil] = [0, -Infinity]
  requests.forEach(({ openedAt: at }, last) => {
    while (requests[first]!.openedAt <= at - WINDOW_MS) first += 1
    const count = last - first + 1
    if (count <= mostRequests(rateLimit, 0) || at < silentUntil) return
    const allowed = allowedAt(at)
    if (count <= allowed) return
    found.push({ kind: 'rateFault', at, requests: count, allowed })
    silentUntil = at + WINDOW_MS
  })
  return found
}
