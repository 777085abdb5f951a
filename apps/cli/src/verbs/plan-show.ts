// relay plan show NAME: what an event must look like, and what the relay does with it.

import { isRetired } from '@retention-relay/events'
import { planEntries } from '@retention-relay/ops'
import type { PlanEntry, PlanField } from '@retention-relay/ops'

import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-codes.ts'
import { formatDuration, printable } from '../output/format.ts'
import { styleOf } from '../output/style.ts'
import { formatTable } from '../output/table.ts'
import type { Column } from '../output/table.ts'
import { findPlan } from '../plan-place.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG, PLAN_FLAG } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'

/** The verb. */
export const planShowVerb: Verb = {
  name: 'plan show',
  positionals: ['NAME'],
  flags: [JSON_FLAG, PLAN_FLAG],
  summary: 'Show one event of the tracking plan, or identify: fields, key, staleness, an example.',
  run: planShow,
}

const COLUMNS: readonly Column[] = [
  { title: 'field' },
  { title: 'type' },
  { title: 'unit' },
  { title: 'marks' },
  { title: 'example' },
  { title: 'what it is' },
]

async function planShow(args: Arguments, surroundings: Surroundings): Promise<number> {
  const [name = ''] = args.positionals
  const plan = await findPlan(args, surroundings.env)
  const entries = planEntries(plan)
  const entry = entries.find((one) => one.name === name)
  if (entry === undefined) {
    if (isRetired(plan, name)) {
      const what = 'stored ones become dead letters, new ones are refused'
      throw new CliError('wrong', `The plan has retired ${printable(name)}: ${what}.`)
    }
    const names = entries.map((one) => one.name).join(', ')
    throw new CliError('wrong', `The plan has no event ${printable(name)}. It has: ${names}.`)
  }
  if (args.flags['json'] === true) writeJson(surroundings.out, entry)
  else print(entry, surroundings)
  return EXIT.ok
}

function print(entry: PlanEntry, { out, env }: Surroundings): void {
  const style = styleOf(out, env)
  const facts = factsOf(entry).map(([name, value]) => {
    return `${style.dim(name.padEnd(14))} ${printable(value)}`
  })
  const [head = '', ...rows] = formatTable(COLUMNS, entry.fields.map(fieldRow))
  const example = JSON.stringify(entry.example, null, 2)
  out.write(`${[...facts, '', style.dim(head), ...rows, '', example].join('\n')}\n`)
}

function factsOf(entry: PlanEntry): [string, string][] {
  const { name, version, staleAfterMs, onStale, supersedes, supersededBy } = entry
  const end = onStale === 'send' ? 'sent with its original time' : 'a dead letter'
  return [
    ['event', `${name}, version ${version}`],
    ['when', entry.description],
    ['checks', entry.checks],
    ['key', entry.idempotencyKey ?? 'none: each call is an event of its own'],
    ['example key', entry.exampleKey ?? '-'],
    ['stale', staleAfterMs === null ? 'never' : `after ${formatDuration(staleAfterMs)}: ${end}`],
    ['supersedes', supersedes.join(', ') || '-'],
    ['superseded by', supersededBy.join(', ') || '-'],
    ['identify first', entry.identifyFirst],
  ]
}

function fieldRow(field: PlanField): string[] {
  const { path, type, unit, description, example } = field
  const marks = [
    field.isRequired ? 'required' : '',
    field.isCritical ? 'critical' : '',
    field.isPersonal ? 'personal' : '',
  ]
  return [
    path,
    type,
    unit ?? '',
    marks.filter(Boolean).join(' '),
    example === undefined ? '' : JSON.stringify(example),
    description,
  ].map((cell) => printable(cell))
}
