// relay plan diff OLD NEW: which changes of the tracking plan break services and journeys, for its CI.

import { RelayError } from '@retention-relay/events'
import { diffPlans, readExportedPlan } from '@retention-relay/ops'
import type { ExportedPlan, PlanChange } from '@retention-relay/ops'

import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-codes.ts'
import { formatCountOf, printable } from '../output/format.ts'
import { styleOf } from '../output/style.ts'
import type { Style } from '../output/style.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'

/** The verb. */
export const planDiffVerb: Verb = {
  name: 'plan diff',
  positionals: ['OLD', 'NEW'],
  flags: [JSON_FLAG],
  summary: 'Compare two tracking plans and say which changes break something.',
  run: planDiff,
}

async function planDiff(args: Arguments, surroundings: Surroundings): Promise<number> {
  const [before = '', now = ''] = args.positionals
  const changes = diffPlans(await read(before), await read(now))
  const breaking = changes.filter(({ isBreaking }) => isBreaking).length
  if (args.flags['json'] === true) writeJson(surroundings.out, { breaking, changes })
  else print(changes, breaking, surroundings)
  return breaking > 0 ? EXIT.wrong : EXIT.ok
}

/** What the command line names is no setting of the relay's. */
async function read(path: string): Promise<ExportedPlan> {
  try {
    return await readExportedPlan(path)
  } catch (error) {
    if (!(error instanceof RelayError)) throw error
    throw new CliError('usage', error.message, { cause: error })
  }
}

function print(changes: readonly PlanChange[], breaking: number, { out, env }: Surroundings): void {
  if (changes.length === 0) {
    out.write('no differences\n')
    return
  }
  const style = styleOf(out, env)
  const lines = changes.map((change) => changeLine(change, style))
  const counts = `${breaking} breaking of ${formatCountOf(changes.length, 'change')}`
  out.write(`${[...lines, '', counts].join('\n')}\n`)
}

function changeLine(change: PlanChange, style: Style): string {
  const { event, path, text, isCritical } = change
  const where = path === '' ? event : `${event} ${path}`
  return `${markOf(change, style)}  ${printable(`${where}: ${text}${isCritical ? ' (critical)' : ''}`)}`
}

function markOf({ isBreaking, kind }: PlanChange, style: Style): string {
  if (isBreaking) return style.red('breaking')
  return kind === 'version' ? style.yellow('remark  ') : style.dim('harmless')
}
