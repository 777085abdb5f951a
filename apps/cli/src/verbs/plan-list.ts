// relay plan list: the events of the tracking plan, and the attributes of identify.

import { planEntries } from '@retention-relay/ops'
import type { PlanEntry } from '@retention-relay/ops'

import { EXIT } from '../exit-codes.ts'
import { formatCount, formatDuration, printable } from '../output/format.ts'
import { styleOf } from '../output/style.ts'
import { cutLine, formatTable } from '../output/table.ts'
import type { Column } from '../output/table.ts'
import { findPlan } from '../plan-place.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG, PLAN_FLAG } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'

/** The verb. */
export const planListVerb: Verb = {
  name: 'plan list',
  positionals: [],
  flags: [JSON_FLAG, PLAN_FLAG],
  summary: 'List the events of the tracking plan.',
  run: planList,
}

const COLUMNS: readonly Column[] = [
  { title: 'event' },
  { title: 'version', align: 'right' },
  { title: 'fields', align: 'right' },
  { title: 'checks' },
  { title: 'key' },
  { title: 'stale after', align: 'right' },
  { title: 'when to send it' },
]

async function planList(args: Arguments, { env, out }: Surroundings): Promise<number> {
  const plan = await findPlan(args, env)
  const entries = planEntries(plan)
  const { unknownEvents, retired = [] } = plan
  if (args.flags['json'] === true) {
    const listed = entries.map(({ fields, example: _left, ...entry }) => {
      return { ...entry, fields: fields.length }
    })
    writeJson(out, { unknownEvents, retired, entries: listed })
    return EXIT.ok
  }
  const style = styleOf(out, env)
  const [head = '', ...rows] = formatTable(COLUMNS, entries.map(row)).map((line) => {
    return cutLine(line, out)
  })
  const feet = [
    ...(retired.length === 0
      ? []
      : [`retired: ${retired.map((name) => printable(name)).join(', ')}`]),
    `events that are not listed: ${unknownEvents}; relay plan show NAME shows one`,
  ].map((foot) => style.dim(foot))
  out.write(`${[style.dim(head), ...rows, '', ...feet].join('\n')}\n`)
  return EXIT.ok
}

function row({ name, version, fields, checks, ...entry }: PlanEntry): string[] {
  return [
    name,
    String(version),
    formatCount(fields.length),
    checks,
    entry.idempotencyKey === null ? '-' : 'yes',
    entry.staleAfterMs === null ? 'never' : formatDuration(entry.staleAfterMs),
    entry.description,
  ].map((cell) => printable(cell))
}
