// An exported plan on disk. Written, what an earlier export left and the index no longer names is removed, and nothing
// else; read, a folder, its index, or the module of a plan counts.

import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

import { loadTrackingPlan, RelayError } from '@retention-relay/events'
import type { JsonSchema } from '@retention-relay/events'

import { EXPORT_FORMAT, exportPlan, INDEX_FILE } from './exported-plan.ts'
import type { ExportedPlan, PlanIndex } from './exported-plan.ts'

/** Writes the files; returns their names, the index last. */
export async function writeExportedPlan(
  { index, schemas }: ExportedPlan,
  folder: string,
): Promise<readonly string[]> {
  const before = await readIndex(join(folder, INDEX_FILE)).then(filesOf, () => [])
  await mkdir(join(folder, 'events'), { recursive: true })
  for (const [file, schema] of Object.entries(schemas)) await writeJson(join(folder, file), schema)
  await writeJson(join(folder, INDEX_FILE), index)
  const gone = before.filter((file) => isOurs(file) && !Object.hasOwn(schemas, file))
  await Promise.all(gone.map((file) => rm(join(folder, file), { force: true })))
  return [...Object.keys(schemas), INDEX_FILE]
}

/**
 * Reads what `path` names: a folder of an export, its index file, or the module of a plan.
 *
 * @throws RelayError `RELAY_CONFIG_INVALID` with the path and the reason.
 */
export async function readExportedPlan(path: string): Promise<ExportedPlan> {
  const at = resolve(path)
  const isFolder = await stat(at).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder && !at.endsWith('.json')) return exportPlan(await loadTrackingPlan(at, 'plan'))
  const indexPath = isFolder ? join(at, INDEX_FILE) : at
  const index = await readIndex(indexPath)
  const files = filesOf(index)
  const schemas = await Promise.all(files.map(async (file) => readSchema(indexPath, file)))
  return { index, schemas: Object.fromEntries(files.map((file, n) => [file, schemas[n] ?? {}])) }
}

async function readIndex(path: string): Promise<PlanIndex> {
  const index = (await readJson(path)) as Partial<PlanIndex> | null
  if (index?.format !== EXPORT_FORMAT || !Array.isArray(index.events)) {
    throw unusable(path, `is no index of relay plan export (format ${EXPORT_FORMAT})`)
  }
  return index as PlanIndex
}

async function readSchema(indexPath: string, file: string): Promise<JsonSchema> {
  if (!isOurs(file)) throw unusable(indexPath, 'names a file that relay plan export does not write')
  return (await readJson(join(dirname(indexPath), file))) as JsonSchema
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw unusable(path, `cannot be read: ${code === 'ENOENT' ? 'there is none' : message}`, cause)
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`)
}

function filesOf({ events, attributes, job }: PlanIndex): string[] {
  return [...events.map(({ file }) => file), attributes.file, job.file]
}

/** An index comes from outside: it must not lead out of its folder. */
function isOurs(file: unknown): boolean {
  if (typeof file !== 'string') return false
  const name = file.startsWith('events/') ? file.slice('events/'.length) : file
  return name.endsWith('.json') && basename(name) === name
}

function unusable(path: string, what: string, cause?: unknown): RelayError {
  const message = `${path} ${what}. Give a folder or an index of relay plan export, or the module of a plan.`
  return new RelayError('RELAY_CONFIG_INVALID', message, cause === undefined ? {} : { cause })
}
