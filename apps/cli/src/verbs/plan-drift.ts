// relay plan drift: what has changed in the events that services send: fields that vanished, types that changed, unknown
// fields, values that are empty more often; and shapes of customer ids. With a name also every field of that event.

import { loadTrackingPlan, TRACKING_PLAN_VARIABLE } from '@retention-relay/events'
import { readDrift } from '@retention-relay/ops'
import type { DriftReport, WatchedEvent, WatchedField } from '@retention-relay/ops'

import { EXIT } from '../exit-codes.ts'
import { formatCount, formatCountOf, formatTime, printable } from '../output/format.ts'
import { styleOf } from '../output/style.ts'
import type { Style } from '../output/style.ts'
import { cutLine, formatTable } from '../output/table.ts'
import type { Column } from '../output/table.ts'
import { OTHER_PLAN } from '../status/seen-watches.ts'
import { writeJson } from '../surroundings.ts'
import type { Screen, Surroundings } from '../surroundings.ts'
import { JSON_FLAG, NAMESPACE_FLAG } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'
import { unknownNamespace, withRelayOrStop } from '../with-relay.ts'

/** The verb. */
export const planDriftVerb: Verb = {
  name: 'plan drift',
  positionals: ['[NAME]'],
  flags: [JSON_FLAG, NAMESPACE_FLAG],
  summary: 'Show what has changed in the fields of events, and in the shapes of customer ids.',
  run: planDrift,
}

const FINDINGS: readonly Column[] = [
  { title: 'finding' },
  { title: 'event' },
  { title: 'producer' },
  { title: 'field' },
  { title: 'since' },
  { title: 'what' },
]

const FIELDS: readonly Column[] = [
  { title: 'field' },
  { title: 'types' },
  { title: 'present', align: 'right' },
  { title: 'empty', align: 'right' },
  { title: 'first' },
  { title: 'last' },
]

async function planDrift(args: Arguments, surroundings: Surroundings): Promise<number> {
  const [event] = args.positionals
  const plan = await loadTrackingPlan(surroundings.env[TRACKING_PLAN_VARIABLE] || undefined)
  const report = await withRelayOrStop(args, surroundings, async ({ connection, namespace }) => {
    const options = event === undefined ? { plan } : { plan, event }
    const found = await readDrift(connection, namespace, options)
    if (found === null) throw unknownNamespace(namespace)
    return found
  })
  if (args.flags['json'] === true) writeJson(surroundings.out, report)
  else print(report, event, surroundings)
  const isCalm = report.findings.length === 0 && !report.shapes.some(({ isSecond }) => isSecond)
  return isCalm ? EXIT.ok : EXIT.wrong
}

function print(report: DriftReport, event: string | undefined, surroundings: Surroundings): void {
  const { out, env } = surroundings
  const style = styleOf(out, env)
  const lines = [
    ...(report.isOtherPlan ? [style.yellow(OTHER_PLAN), ''] : []),
    ...findingLines(report, out, style),
    ...(event === undefined ? [] : eventLines(report, event, style)),
    '',
    ...shapeLines(report, style),
    ...(event === undefined ? [style.dim(footOf(report))] : []),
  ]
  out.write(`${lines.join('\n')}\n`)
}

function findingLines({ findings }: DriftReport, out: Screen, style: Style): string[] {
  if (findings.length === 0) return ['nothing has changed in the last 7 days']
  const rows = findings.map(({ kind, critical, event, producer, field, since, message }) => {
    const finding = critical ? `${kind} (critical)` : kind
    const cells = [finding, event, producer, field, formatTime(since), message]
    return cells.map((cell) => printable(cell))
  })
  const [head = '', ...body] = formatTable(FINDINGS, rows).map((line) => cutLine(line, out))
  const painted = body.map((line, index) =>
    findings[index]?.critical === true ? style.red(line) : line,
  )
  return [style.dim(head), ...painted]
}

function eventLines({ events }: DriftReport, name: string, style: Style): string[] {
  if (events.length === 0) return ['', `no event ${printable(name)} was seen in the last 14 days`]
  return events.flatMap((event) => fieldLines(event, style))
}

function fieldLines({ event, producer, seen, over, fields }: WatchedEvent, style: Style): string[] {
  const [head = '', ...body] = formatTable(FIELDS, fields.map(fieldRow))
  const bound = over === 0 ? '' : `; ${formatCount(over)} values of further fields were not kept`
  const title = `${event} of ${producer}: ${formatCountOf(seen, 'event')} looked at${bound}`
  return ['', style.bold(printable(title)), style.dim(head), ...body]
}

function fieldRow({ field, types, share, emptyShare, firstAt, lastAt }: WatchedField): string[] {
  const shares = [share, emptyShare].map((part) => `${Math.round(part * 100)} %`)
  const cells = [field, types.join(' or '), ...shares, formatTime(firstAt), formatTime(lastAt)]
  return cells.map((cell) => printable(cell))
}

function shapeLines({ shapes }: DriftReport, style: Style): string[] {
  return shapes.map(({ shape, events, firstAt, isSecond }) => {
    const what = `customer ids ${printable(shape)}: ${formatCountOf(events, 'event')} since ${formatTime(firstAt)}`
    if (!isSecond) return what
    return `${what}  ${style.red('second shape')}: some surface sends another id for the same people`
  })
}

function footOf({ events }: DriftReport): string {
  const producers = new Set(events.map(({ producer }) => producer)).size
  const names = new Set(events.map(({ event }) => event)).size
  return `${formatCountOf(names, 'event name')} of ${formatCountOf(producers, 'producer')}; relay plan drift NAME shows the fields of one`
}
