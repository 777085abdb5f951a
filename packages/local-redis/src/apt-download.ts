// Redis from the distribution's archive, without root and without touching the system: the package lists and the
// packages go to a folder of ours, and are unpacked there, not installed. Works with empty package lists and an
// unwritable home. Everything happens in a temporary folder that is renamed into place at the end, so that a copy in
// the cache is always whole. What may go wrong (no apt, no network, an old release) is one reason, in plain words.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { isExecutable, runCommand, sayError } from './command.ts'
import { refused } from './redis-binary.ts'
import type { Inspection } from './redis-binary.ts'
import { inspectUnpacked, unpackedFolder } from './unpacked-package.ts'

const COMMAND_TIMEOUT_MS = 180_000
const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1']
/** The same library under its name before and after the distributions' move to 64-bit time. */
const SSL_PACKAGES = ['libssl3t64', 'libssl3']

export interface AptOptions {
  cacheDir: string
  log?: (line: string) => void
  env?: NodeJS.ProcessEnv
}

/** Downloads and unpacks into the cache, under the caller's lock. Refused (with the reason) where this is no Debian, or apt fails. */
export async function downloadWithApt(options: AptOptions): Promise<Inspection> {
  const { cacheDir, log, env = process.env } = options
  const missing = ['apt-get', 'dpkg'].find((tool) => !isOnPath(tool, env))
  if (missing) return refused(`no ${missing} here to download Redis with (not Debian or Ubuntu)`)
  log?.('downloading Redis from the distribution (into the cache; nothing is installed)')
  const work = join(cacheDir, 'redis-apt')
  rmSync(work, { recursive: true, force: true }) // Of a download that was killed.
  try {
    const apt = prepare(work, env)
    await fetchRedis(apt)
    await addSslWhereMissing(apt)
    return await moveIntoPlace(apt.root, unpackedFolder(cacheDir))
  } catch (error) {
    return refused(`apt could not fetch Redis: ${sayError(error)}`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function isOnPath(tool: string, { PATH = '' }: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some((folder) => isExecutable(join(folder, tool)))
}

interface Apt {
  /** Folder that the packages are unpacked into. */
  root: string
  update: () => Promise<void>
  /** Downloads and unpacks; throws if one of the names is unknown. */
  fetch: (packages: readonly string[]) => Promise<void>
}

function prepare(work: string, env: NodeJS.ProcessEnv): Apt {
  const root = join(work, 'root')
  const packages = join(work, 'packages')
  for (const folder of ['root', 'packages', 'lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(work, folder), { recursive: true })
  }
  writeFileSync(join(work, 'apt.conf'), aptConf(work))
  const options = { cwd: packages, timeout: COMMAND_TIMEOUT_MS, env: { ...env, LC_ALL: 'C' } }
  const apt = (...args: string[]): Promise<unknown> =>
    runCommand('apt-get', ['-qq', '-c', join(work, 'apt.conf'), ...args], options)
  const fetch = async (names: readonly string[]): Promise<void> => {
    await apt('download', ...names)
    for (const file of readdirSync(packages)) {
      await runCommand('dpkg', ['-x', join(packages, file), root], options)
      rmSync(join(packages, file))
    }
  }
  return { root, fetch, update: async () => void (await apt('update')) }
}

/** Read after the system's settings. The hooks are cleared because they reach outside of our folder. */
function aptConf(work: string): string {
  return `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
Dir::State::lists "${join(work, 'lists')}";
Dir::Cache "${join(work, 'cache')}";
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
`
}

/** An archive of somebody else that fails makes `update` fail as well: what counts is whether Redis can be had. */
async function fetchRedis(apt: Apt): Promise<void> {
  const failure = await apt.update().catch((error: unknown) => error)
  await apt.fetch(PACKAGES).catch((error: unknown) => {
    throw failure ?? error
  })
}

/** A minimal image has no libssl. Tried: the unpacked server says which library it lacks. */
async function addSslWhereMissing(apt: Apt): Promise<void> {
  const inspection = await inspectUnpacked(apt.root, 'apt')
  if (inspection?.kind !== 'refused' || !/lib(ssl|crypto)\.so/.test(inspection.reason)) return
  const [first = '', second = ''] = SSL_PACKAGES
  await apt.fetch([first]).catch(() => apt.fetch([second]))
}

async function moveIntoPlace(root: string, folder: string): Promise<Inspection> {
  const trial = await inspectUnpacked(root, 'apt')
  if (!trial) return refused('the package redis-server holds no redis-server')
  if (trial.kind === 'refused') return refused(`the distribution's redis-server ${trial.reason}`)
  rmSync(folder, { recursive: true, force: true })
  renameSync(root, folder)
  return (await inspectUnpacked(folder, 'apt')) ?? trial
}
