// relay plan export: the tracking plan as JSON Schema for services in other languages, and as a page for people.

import { writeFile } from 'node:fs/promises'

import { exportPlan, planDocument, writeExportedPlan } from '@retention-relay/ops'

import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-codes.ts'
import { formatCountOf } from '../output/format.ts'
import { findPlan } from '../plan-place.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG, PLAN_FLAG, valueOf } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'

/** The verb. */
export const planExportVerb: Verb = {
  name: 'plan export',
  positionals: [],
  flags: [
    JSON_FLAG,
    PLAN_FLAG,
    {
      name: 'out',
      value: 'DIR',
      summary: 'Write JSON Schema 2020-12 into this folder: events, identify, jobs and an index.',
    },
    {
      name: 'markdown',
      value: 'FILE',
      summary: 'Write the plan as a page for people, as docs/events.md is.',
    },
  ],
  summary: 'Write the tracking plan as JSON Schema, or as a page for people.',
  run: planExport,
}

async function planExport(args: Arguments, { env, out }: Surroundings): Promise<number> {
  const folder = valueOf(args, 'out')
  const page = valueOf(args, 'markdown')
  if (folder === undefined && page === undefined) {
    throw new CliError('usage', 'Say where to: --out DIR, --markdown FILE, or both.')
  }
  const plan = await findPlan(args, env)
  try {
    const files = folder === undefined ? [] : await writeExportedPlan(exportPlan(plan), folder)
    if (page !== undefined) await writeFile(page, planDocument(plan))
    if (args.flags['json'] === true) {
      writeJson(out, { folder: folder ?? null, files, markdown: page ?? null })
      return EXIT.ok
    }
    if (folder !== undefined) out.write(`${formatCountOf(files.length, 'file')} in ${folder}\n`)
    if (page !== undefined) out.write(`the page is ${page}\n`)
    return EXIT.ok
  } catch (error) {
    const { message } = error as Error
    throw new CliError('usage', `The plan cannot be written: ${message}.`, { cause: error })
  }
}
