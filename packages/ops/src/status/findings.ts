// What an operator should know about a partition, each with its remedy. The relay itself never fails, delays,
// prioritises or completes a job of BullMQ's, so whatever is found there was put there by another tool.

import type { PartitionSnapshot, StoredPause } from '@retention-relay/queue'

import type { Finding, PartitionStatus } from './status.ts'

/** The findings of one partition. */
export function partitionFindings(
  status: PartitionStatus,
  snapshot: PartitionSnapshot,
): readonly Finding[] {
  const fault = (code: Finding['code'], message: string): Finding => {
    return { level: 'fault', code, partition: status.partition, message }
  }
  return [...countFaults(status, snapshot, fault), ...foreignFaults(snapshot, fault)]
}

/** The findings of the namespace as a whole. */
export function namespaceFindings(
  partitions: readonly PartitionStatus[],
  pause: StoredPause | null,
): readonly Finding[] {
  const note = (code: Finding['code'], message: string): Finding => {
    return { level: 'note', code, partition: null, message }
  }
  const left = partitions.filter(
    ({ owner, pending, replaying }) => owner === null && pending.events + replaying.events > 0,
  )
  const paused = partitions.filter((partition) => partition.paused)
  const streaming = partitions.filter(({ eventStream }) => eventStream)
  return [
    ...(pause === null ? [] : [namespacePaused(pause)]),
    ...(left.length === 0 ? [] : [note('no_owner', unownedText(left.length))]),
    ...(paused.length === 0 ? [] : [note('paused', pausedText(paused))]),
    ...(streaming.length === 0 ? [] : [note('event_stream', streamText(streaming))]),
  ]
}

function namespacePaused({ detail, by, at }: StoredPause): Finding {
  const message = `nothing is sent since ${new Date(at).toISOString()}: ${detail}, seen by ${by}; look at them with relay dead list, then run relay resume --why TEXT`
  return { level: 'fault', code: 'namespace_paused', partition: null, message }
}

type MakeFault = (code: Finding['code'], message: string) => Finding

function countFaults(
  { balance, counters }: PartitionStatus,
  snapshot: PartitionSnapshot,
  fault: MakeFault,
): Finding[] {
  const { missing, orphans, deadLetters } = snapshot
  const found: Finding[] = []
  if (balance.kind === 'off') found.push(fault('unbalanced', unbalancedText(balance.difference)))
  if (counters.dead !== deadLetters) {
    const text = `the counter of dead letters says ${counters.dead} and the store holds ${deadLetters}; somebody edited one of them`
    found.push(fault('dead_count', text))
  }
  if (missing > 0) {
    const text = `queued jobs without content: ${missing}; another tool removed it, and their events are lost`
    found.push(fault('missing_jobs', text))
  }
  if (orphans > 0) {
    const text = `jobs that another tool removed before they were claimed: ${orphans}; their events are lost, and their ids are in the list of orphans`
    found.push(fault('orphans', text))
  }
  return found
}

function foreignFaults(snapshot: PartitionSnapshot, fault: MakeFault): Finding[] {
  const { foreignStates, foreignNames, foreignName, strayJobs } = snapshot
  const found = Object.entries(foreignStates).map(([state, jobs]) =>
    fault(
      'foreign_state',
      `jobs in BullMQ's "${state}", where the relay never looks: ${jobs}; a dashboard or a BullMQ worker moved them: move them back to waiting, they will be late`,
    ),
  )
  if (strayJobs > 0) {
    const text = `jobs that another tool has taken from the queue: ${strayJobs}; stop that BullMQ Worker: what it completes is lost, what it still holds a worker of the relay puts back`
    found.push(fault('stray_claim', text))
  }
  if (foreignNames > 0) {
    const text = `jobs with a name that is not the relay's: ${foreignNames}, for instance ${JSON.stringify(foreignName)}; only the producer, or what follows docs/job-format.md, may add jobs`
    found.push(fault('foreign_name', text))
  }
  return found
}

function unbalancedText(difference: number): string {
  return difference > 0
    ? `accepted events that are neither delivered, duplicate, dead nor pending: ${difference}`
    : `events that are delivered, duplicate, dead or pending and were never accepted: ${-difference}`
}

function unownedText(partitions: number): string {
  return `partitions with pending events and no owner: ${partitions}; start a worker for this namespace, or look why it takes no leases`
}

function pausedText(paused: readonly PartitionStatus[]): string {
  return `paused in BullMQ, so nothing is claimed there: partition ${numbersOf(paused)}`
}

function streamText(streaming: readonly PartitionStatus[]): string {
  return `BullMQ's event stream is on, as a dashboard that opens a queue leaves it; the owner switches it off with its next renewal: partition ${numbersOf(streaming)}`
}

function numbersOf(partitions: readonly PartitionStatus[]): string {
  return partitions.map(({ partition }) => partition).join(', ')
}
