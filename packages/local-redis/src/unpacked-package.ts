// The project's own copy: Debian packages unpacked into one folder of the cache, never installed. The libraries that
// were unpacked with it are found through LD_LIBRARY_PATH. The folder's name carries system and processor, so that a
// working copy shared between machines does not offer one machine the other's binary.
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { inspectBinary } from './redis-binary.ts'
import type { Inspection } from './redis-binary.ts'

/** Where this machine's copy lies in the cache, whether or not it is there. */
export function unpackedFolder(cacheDir: string): string {
  return join(cacheDir, `redis-${process.platform}-${process.arch}`)
}

/** Undefined if there is no copy in `folder`. */
export async function inspectUnpacked(
  folder: string,
  source: 'cache' | 'apt',
): Promise<Inspection | undefined> {
  const serverPath = join(folder, 'usr/bin/redis-server')
  if (!existsSync(serverPath)) return undefined
  return inspectBinary(serverPath, source, libraryPath(folder))
}

function libraryPath(folder: string): Record<string, string> {
  const own = ['usr/lib', 'lib'].flatMap((parent) => listFolders(join(folder, parent)))
  const inherited = process.env['LD_LIBRARY_PATH']
  return { LD_LIBRARY_PATH: [...own, ...(inherited ? [inherited] : [])].join(delimiter) }
}

/** The folders of libraries below `usr/lib`, named after the processor (`x86_64-linux-gnu`). */
function listFolders(parent: string): string[] {
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .filter((name) => name.includes('-linux-'))
    .map((name) => join(parent, name))
}
