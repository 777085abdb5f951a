// Where a Redis comes from when nobody has named one. Enters: a folder for the cached copy, and the environment.
// Leaves: a binary that runs here, or one error with the reason for every place that was looked at. In order:
// installed on this machine (PATH, then Homebrew's folders), the cached copy, Debian's and Ubuntu's package archive
// (into the cache; no root needed, the system is not touched). Two processes that need the download at the same time
// download once: the second waits, and finds the first one's copy.
import { readdirSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

import { withLock } from '../lock.mjs'
import { downloadWithApt } from './apt-download.ts'
import { isExecutable } from './command.ts'
import { RedisNotFoundError } from './errors.ts'
import { inspectBinary } from './redis-binary.ts'
import type { RedisBinary } from './redis-binary.ts'
import { inspectUnpacked, unpackedFolder } from './unpacked-package.ts'

export interface FindOptions {
  /** Folder of the project's own copies, usually `<repository>/.relay/cache`; created where missing. */
  cacheDir: string
  /** Takes one line for people at a time. Default: silent. */
  log?: (line: string) => void
  /** Where PATH is read from. Default `process.env`. */
  env?: NodeJS.ProcessEnv
  /** Folders that are looked at after PATH. Default: Homebrew's. */
  extraFolders?: readonly string[]
}

const NAMES = ['valkey-server', 'redis-server']
const HOMEBREW_ROOTS = ['/opt/homebrew', '/usr/local', '/home/linuxbrew/.linuxbrew']

/** Throws `RedisNotFoundError` when there is none and none can be had. */
export async function findRedisServer(options: FindOptions): Promise<RedisBinary> {
  const attempts: string[] = []
  const installed = await findInstalled(options, attempts)
  if (installed) return installed
  const cached = await findCached(options.cacheDir, attempts)
  return cached ?? (await download(options, attempts))
}

async function findInstalled(
  options: FindOptions,
  attempts: string[],
): Promise<RedisBinary | undefined> {
  const candidates = listCandidates(options)
  if (candidates.length === 0) attempts.push('no valkey-server or redis-server on PATH')
  for (const candidate of candidates) {
    const inspection = await inspectBinary(candidate, 'path')
    if (inspection.kind === 'usable') return inspection.binary
    const reason = `${candidate} ${inspection.reason}`
    attempts.push(reason)
    options.log?.(`skipped: ${reason}`)
  }
  return undefined
}

function listCandidates({ env = process.env, extraFolders }: FindOptions): string[] {
  const path = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute)
  const folders = [...path, ...(extraFolders ?? homebrewFolders())]
  const files = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return [...new Set(files)].filter(isExecutable)
}

/** `bin` of each Homebrew, and the kegs that are installed but not linked (a versioned one, for instance). */
function homebrewFolders(): string[] {
  return HOMEBREW_ROOTS.flatMap((root) => {
    const kegs = list(join(root, 'opt')).filter((name) => /^(valkey|redis)(@|$)/.test(name))
    return [join(root, 'bin'), ...kegs.map((keg) => join(root, 'opt', keg, 'bin'))]
  })
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch {
    return []
  }
}

async function findCached(cacheDir: string, attempts: string[]): Promise<RedisBinary | undefined> {
  const folder = unpackedFolder(cacheDir)
  const inspection = await inspectUnpacked(folder, 'cache')
  if (inspection?.kind === 'refused') attempts.push(`the copy in ${folder} ${inspection.reason}`)
  return inspection?.kind === 'usable' ? inspection.binary : undefined
}

async function download(options: FindOptions, attempts: string[]): Promise<RedisBinary> {
  const { cacheDir, log } = options
  const lock = join(cacheDir, 'redis-download.lock')
  const onWait = (): void => log?.('another process is downloading Redis: waiting for it')
  return withLock(
    lock,
    async () => {
      const fresh = await findCached(cacheDir, [])
      if (fresh) return fresh
      const inspection = await downloadWithApt(options)
      if (inspection.kind === 'usable') return inspection.binary
      throw new RedisNotFoundError([...attempts, inspection.reason])
    },
    onWait,
  )
}
