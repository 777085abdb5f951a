// What the predecessors of a producer have said, read from their histories: whose fate is known, and what must be said
// again. A torn last line is a call that was not made.

import { readFileSync } from 'node:fs'

import type { ProducerRecord } from '@retention-relay/testkit'

/** Ids by what became of them. */
export interface PastCalls {
  readonly called: ReadonlySet<string>
  readonly acknowledged: ReadonlySet<string>
}

/** Reads the histories. */
export function readPastCalls(paths: readonly string[]): PastCalls {
  const called = new Set<string>()
  const acknowledged = new Set<string>()
  for (const path of paths) {
    const ids = new Map<number, string>()
    for (const record of readRecords(path)) {
      if (record.kind === 'called') {
        ids.set(record.call, record.id)
        called.add(record.id)
      } else if (record.kind === 'acknowledged') {
        acknowledged.add(ids.get(record.call) ?? '')
      }
    }
  }
  return { called, acknowledged }
}

function readRecords(path: string): ProducerRecord[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.slice(0, -1).map((line) => JSON.parse(line) as ProducerRecord)
}
