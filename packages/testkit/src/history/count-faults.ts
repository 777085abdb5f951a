// Count faults: sums of the relay's durable counters, against each other and against the rest of the history. They hold
// at the end of a run, when nothing waits. A disk that was emptied takes the counters along; what then still holds is
// checked.

import type { CalledEvent } from './called-events.ts'
import { isStoredOnce } from './disturbances.ts'
import type { Finding } from './finding.ts'
import type { History } from './history.ts'
import type { Counts, DeadLetterLine, RunFacts } from './records.ts'
import type { Traffic } from './traffic.ts'

interface Rule {
  readonly rule: string
  readonly left: number
  readonly right: number
  readonly holds: boolean
}

export function findCountFaults(
  history: History,
  events: Iterable<CalledEvent>,
  traffic: Traffic,
): Finding[] {
  const { counts, deadLetters, run } = history
  if (counts === null) return []
  const rules = [...rulesOfCounters(counts, deadLetters), ...rulesOfTraffic(counts, traffic)]
  if (run.wipes.length === 0) {
    rules.push(...rulesOfCalls(counts, events, run), ...rulesOfWhole(counts, deadLetters, traffic))
  }
  return rules
    .filter(({ holds }) => !holds)
    .map(({ rule, left, right }) => ({ kind: 'countFault', rule, left, right }))
}

function rulesOfCounters(counts: Counts, deadLetters: readonly DeadLetterLine[]): Rule[] {
  const { accepted, delivered, duplicate, dead, pending } = counts
  const ended = delivered + duplicate + dead + pending
  return [
    equal('accepted = delivered + duplicate + dead + pending', accepted, ended),
    equal('pending = 0', pending, 0),
    equal('dead = dead letters in the store', dead, deadLetters.length),
  ]
}

function rulesOfTraffic({ delivered }: Counts, { takenOf }: Traffic): Rule[] {
  return [atMost('delivered ≤ events received', delivered, takenOf.size)]
}

/** What was called is a bound of what was accepted, below and above. */
function rulesOfCalls({ accepted }: Counts, events: Iterable<CalledEvent>, run: RunFacts): Rule[] {
  let [acknowledged, most] = [0, 0]
  for (const call of [...events].flatMap(({ calls }) => calls)) {
    if (call.acknowledgedAt !== null) acknowledged += 1
    most += isStoredOnce(call, run) ? 1 : 2
  }
  return [
    atMost('calls acknowledged ≤ accepted', acknowledged, accepted),
    atMost('accepted ≤ calls, those that were cut off twice', accepted, most),
  ]
}

/**
 * What holds as long as Redis has kept everything. A dead letter that may have been delivered may have been: an owner that
 * wakes up late still tells the dedupe store.
 */
function rulesOfWhole(
  counts: Counts,
  deadLetters: readonly DeadLetterLine[],
  { takenOf }: Traffic,
): Rule[] {
  const { delivered, duplicate, dedupeIds } = counts
  const letters = new Map(deadLetters.map((letter) => [letter.id, letter]))
  let [settled, perhaps] = [0, 0]
  for (const { id } of takenOf.keys()) {
    const letter = letters.get(id)
    if (letter === undefined) settled += 1
    else if (letter.maybeDelivered) perhaps += 1
  }
  const rules = [
    atMost(
      'events received, dead letters left out ≤ delivered + duplicate',
      settled,
      delivered + duplicate,
    ),
  ]
  if (dedupeIds === undefined) return rules
  return [
    ...rules,
    atMost('events received, dead letters left out ≤ ids in the dedupe store', settled, dedupeIds),
    atMost(
      'ids in the dedupe store ≤ events received, dead letters left out that were never sent',
      dedupeIds,
      settled + perhaps,
    ),
  ]
}

function equal(rule: string, left: number, right: number): Rule {
  return { rule, left, right, holds: left === right }
}

function atMost(rule: string, left: number, right: number): Rule {
  return { rule, left, right, holds: left <= right }
}
