// Fingerprints that say whether the dependencies and the build are those of the present sources. Files count by path,
// size and time of change, so that looking costs a few milliseconds; a false alarm costs one incremental build.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const WORKSPACES = ['packages', 'apps']

/** What `npm ci` depends on. The machine counts, because packages bring binaries. */
export function hashInstall(root) {
  const lock = readFileSync(join(root, 'package-lock.json'))
  return hash([process.platform, process.arch, lock])
}

/** Somebody ran npm themselves: it notes what it installed, at the end. Without the compiler it was for production. */
export function isInstalledByHand(root) {
  const noted = statSync(join(root, 'node_modules/.package-lock.json'), { throwIfNoEntry: false })
  const wanted = statSync(join(root, 'package-lock.json'))
  const hasCompiler = existsSync(join(root, 'node_modules/typescript/bin/tsc'))
  return hasCompiler && noted !== undefined && noted.mtimeMs >= wanted.mtimeMs
}

/** What `tsc --build` reads. */
export function hashInputs(root) {
  const own = readdirSync(root)
    .filter(isSetting)
    .map((name) => join(root, name))
  const theirs = listWorkspaces(root).flatMap((folder) => [
    ...listFiles(join(folder, 'src')),
    ...readdirSync(folder)
      .filter(isSetting)
      .map((name) => join(folder, name)),
  ])
  return hash([hashInstall(root), ...[...own, ...theirs].map(describe)])
}

/** What it leaves: a package whose `dist` was removed is built again. */
export function hashOutputs(root) {
  return hash(listWorkspaces(root).map((folder) => describe(join(folder, 'dist/.tsbuildinfo'))))
}

function isSetting(name) {
  return name === 'package.json' || /^tsconfig.*\.json$/.test(name)
}

function listWorkspaces(root) {
  return WORKSPACES.flatMap((parent) => {
    const names = readdirSync(join(root, parent)).toSorted()
    return names
      .map((name) => join(root, parent, name))
      .filter((folder) => existsSync(join(folder, 'package.json')))
  })
}

function listFiles(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? listFiles(path) : [path]
  })
}

function describe(file) {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat ? `${file} ${stat.size} ${stat.mtimeMs}` : `${file} is missing`
}

function hash(parts) {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part).update('\0')
  return sum.digest('hex')
}
