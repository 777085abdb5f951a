// A copy of the repository as it lies here, uncommitted changes included, in a temporary folder, so that no bug is ever
// planted in the checkout. Installed packages are linked; the repository's own ones lead to the copy, or a planted
// bug would not be seen by its neighbours. Redis, where it was downloaded, is shared.

import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Packages of the repository itself, which npm links by relative paths. */
const OWN_SCOPE = '@retention-relay'
/** Where a downloaded Redis lies. */
const CACHE = '.relay/cache'

/** A copy of a repository. */
export class WorkingCopy {
  readonly folder: string

  /** Copies the repository at `root`. */
  constructor(root: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'relay-mutants-'))
    copyFiles(root, this.folder)
    linkPackages(root, this.folder)
    mkdirSync(join(root, CACHE), { recursive: true })
    mkdirSync(dirname(join(this.folder, CACHE)), { recursive: true })
    symlinkSync(join(root, CACHE), join(this.folder, CACHE))
  }

  /** Text of a file; null when there is none. */
  read(file: string): string | null {
    const path = join(this.folder, file)
    return existsSync(path) ? readFileSync(path, 'utf8') : null
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text)
  }

  /** Deletes a file, if it is there. */
  delete(file: string): void {
    rmSync(join(this.folder, file), { force: true })
  }

  /** Removes the copy. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Tracked files and new ones, as they are on the disk. */
function copyFiles(root: string, folder: string): void {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const files = execFileSync('git', listing, { cwd: root, encoding: 'utf8' }).split('\0')
  for (const file of files.filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
}

function linkPackages(root: string, folder: string): void {
  const [from, to] = [join(root, 'node_modules'), join(folder, 'node_modules')]
  mkdirSync(to)
  for (const name of readdirSync(from)) {
    if (name !== OWN_SCOPE) symlinkSync(join(from, name), join(to, name))
  }
  if (!existsSync(join(from, OWN_SCOPE))) return
  mkdirSync(join(to, OWN_SCOPE))
  for (const name of readdirSync(join(from, OWN_SCOPE))) {
    symlinkSync(readlinkSync(join(from, OWN_SCOPE, name)), join(to, OWN_SCOPE, name))
  }
}
