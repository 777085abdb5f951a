// What a run leaves in Redis, written beside the histories: the durable counters, the unresolved dead letters, and
// what jobs still hold. The control keeps no counters, and its dead letters are BullMQ's failed jobs.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { listDeadLetters, readStatus } from '@retention-relay/ops'
import type { OpsConnection, RelayStatus } from '@retention-relay/ops'
import type { Counts, DeadLetterLine } from '@retention-relay/testkit'

import { countDedupeIds } from './dedupe-ids.ts'
import { readFailedJobs } from './failed-jobs.ts'
import { NAMESPACE } from './stage/stage.ts'
import type { Stage } from './stage/stage.ts'
import { readUnfinished } from './unfinished-jobs.ts'

const PAGE = 500

/** Writes counts.json, dead-letters.ndjson and unfinished.json; returns the status. */
export async function writeEvidence(stage: Stage, ops: OpsConnection): Promise<RelayStatus> {
  const { folder, consumer } = stage
  const status = await readStatus(ops, NAMESPACE)
  if (status === null) throw new Error('nobody opened the namespace')
  const isRelay = consumer === 'relay'
  const counts = isRelay ? await readCounts(ops, status) : null
  writeFileSync(join(folder, 'counts.json'), `${JSON.stringify(counts)}\n`)
  const letters = isRelay ? await readDeadLetters(ops) : await readFailedJobs(ops.client, status)
  const lines = letters.map((letter) => `${JSON.stringify(letter)}\n`)
  writeFileSync(join(folder, 'dead-letters.ndjson'), lines.join(''))
  const unfinished = await readUnfinished(ops.client, status)
  writeFileSync(join(folder, 'unfinished.json'), `${JSON.stringify(unfinished)}\n`)
  return status
}

async function readCounts({ client }: OpsConnection, { totals }: RelayStatus): Promise<Counts> {
  const { accepted, delivered, duplicate, dead } = totals.counters
  const pending = totals.pending.events
  return { accepted, delivered, duplicate, dead, pending, dedupeIds: await countDedupeIds(client) }
}

async function readDeadLetters(ops: OpsConnection): Promise<DeadLetterLine[]> {
  const letters: DeadLetterLine[] = []
  let page = await listDeadLetters(ops, NAMESPACE, { limit: PAGE })
  while (page !== null) {
    letters.push(...page.letters)
    if (page.next === null) break
    page = await listDeadLetters(ops, NAMESPACE, { limit: PAGE, after: page.next })
  }
  return letters
}
