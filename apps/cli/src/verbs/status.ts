// relay status: who drains what, what waits, how old the oldest event is, whether the counts add up, and what the watches of
// events say.

import { readStatus } from '@retention-relay/ops'
import type { EventCount, PartitionStatus, RelayStatus } from '@retention-relay/ops'

import { EXIT } from '../exit-codes.ts'
import { formatCount, formatDuration, printable } from '../output/format.ts'
import { styleOf } from '../output/style.ts'
import type { Style } from '../output/style.ts'
import { formatTable } from '../output/table.ts'
import type { Column } from '../output/table.ts'
import { seeWatches, watchLines } from '../status/seen-watches.ts'
import type { SeenWatches } from '../status/seen-watches.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG, NAMESPACE_FLAG } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'
import { unknownNamespace, withRelayOrStop } from '../with-relay.ts'

/** The verb. */
export const statusVerb: Verb = {
  name: 'status',
  positionals: [],
  flags: [JSON_FLAG, NAMESPACE_FLAG],
  summary: 'Show partitions, owners, pending events, the oldest age, the counts and what drifts.',
  run: status,
}

const COLUMNS: readonly Column[] = [
  { title: 'partition', align: 'right' },
  { title: 'owner' },
  { title: 'lease', align: 'right' },
  { title: 'waiting', align: 'right' },
  { title: 'active', align: 'right' },
  { title: 'pending', align: 'right' },
  { title: 'oldest', align: 'right' },
  { title: 'accepted', align: 'right' },
  { title: 'delivered', align: 'right' },
  { title: 'duplicate', align: 'right' },
  { title: 'dead', align: 'right' },
]

/** What the verb shows. */
interface SeenStatus extends RelayStatus {
  readonly watches: SeenWatches
}

async function status(args: Arguments, surroundings: Surroundings): Promise<number> {
  const seen = await withRelayOrStop(args, surroundings, async ({ connection, namespace }) => {
    const found = await readStatus(connection, namespace)
    if (found === null) throw unknownNamespace(namespace)
    return { ...found, watches: await seeWatches(connection, namespace, surroundings.env) }
  })
  if (args.flags['json'] === true) writeJson(surroundings.out, seen)
  else print(seen, surroundings)
  return seen.findings.some(({ level }) => level === 'fault') ? EXIT.wrong : EXIT.ok
}

function print(seen: SeenStatus, { out, env }: Surroundings): void {
  const style = styleOf(out, env)
  const rows = [...seen.partitions.map((partition) => partitionRow(partition)), totalRow(seen)]
  const [head = '', ...body] = formatTable(COLUMNS, rows)
  const total = body.pop() ?? ''
  const lines = [
    ...headline(seen),
    '',
    style.dim(head),
    ...body,
    style.bold(total),
    '',
    balanceLine(seen, style),
    ...watchLines(seen.watches, style),
    ...findingLines(seen, style),
  ]
  out.write(`${lines.join('\n')}\n`)
}

function headline({ namespace, generation, partitions, workers }: RelayStatus): string[] {
  const live = workers.length === 0 ? 'none' : workers.map((worker) => printable(worker)).join(', ')
  return [
    `namespace  ${namespace} (${partitions.length} partitions, generation ${generation})`,
    `workers    ${live}`,
  ]
}

function partitionRow(partition: PartitionStatus): string[] {
  const { owner, counters, paused } = partition
  const name = owner === null ? '-' : `${printable(owner.worker)} #${printable(owner.epoch)}`
  return [
    String(partition.partition),
    paused ? `${name} (paused)` : name,
    owner === null ? '-' : formatDuration(owner.ttlMs),
    formatCount(partition.waitingJobs),
    formatCount(partition.activeJobs),
    formatEvents(partition.pending),
    formatAge(partition.oldestAgeMs),
    formatEvents(partition.accepted),
    ...counterCells(counters),
  ]
}

function totalRow({ totals, partitions }: RelayStatus): string[] {
  return [
    'total',
    `${totals.ownedPartitions} of ${partitions.length} owned`,
    '',
    formatCount(totals.waitingJobs),
    formatCount(totals.activeJobs),
    formatEvents(totals.pending),
    formatAge(totals.oldestAgeMs),
    formatEvents(totals.accepted),
    ...counterCells(totals.counters),
  ]
}

function counterCells(counters: PartitionStatus['counters']): string[] {
  const { delivered, duplicate, dead } = counters
  return [delivered, duplicate, dead].map((count) => formatCount(count))
}

/** An estimate is marked with a tilde. */
function formatEvents({ events, exact }: EventCount): string {
  return `${exact ? '' : '~'}${formatCount(events)}`
}

function formatAge(ageMs: number | null): string {
  return ageMs === null ? '-' : formatDuration(ageMs)
}

function balanceLine({ totals }: RelayStatus, style: Style): string {
  const rule = 'accepted = delivered + duplicate + dead + pending'
  switch (totals.balance.kind) {
    case 'balanced':
      return `counts     ${style.green('add up')}  (${rule})`
    case 'off':
      return `counts     ${style.red(`are off by ${formatCount(totals.balance.difference)}`)}  (${rule})`
    case 'unknown':
      return `counts     ${style.yellow('cannot be told')}: more jobs are claimed than were read`
  }
}

function findingLines({ findings }: RelayStatus, style: Style): string[] {
  return findings.map(({ level, partition, message }) => {
    const mark = level === 'fault' ? style.red('fault') : style.yellow('note ')
    const where = partition === null ? '' : `partition ${partition}: `
    return `${mark}      ${where}${printable(message)}`
  })
}
