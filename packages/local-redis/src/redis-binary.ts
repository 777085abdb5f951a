// What a Redis binary is, and whether a file is one that we can use. A file is judged by what it says of itself
// (`--version`), not by its name: some systems install Valkey under the name of Redis, and a cached copy may belong to
// another machine. Redis below 7.0 lacks the script flags that the worker's scripts declare, so it does not count.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { runCommand, sayError } from './command.ts'

/** The lowest major version with script flags. Valkey began at 7.2, so one number serves both. */
const LOWEST_MAJOR = 7
const VERSION_TIMEOUT_MS = 10_000

export interface RedisBinary {
  /** Absolute path of `redis-server` or `valkey-server`. */
  serverPath: string
  /** Absolute path of the command line client, where one lies beside the server. */
  cliPath?: string
  /** Variables that both need in addition to the process's own (LD_LIBRARY_PATH for an unpacked package). */
  env: Record<string, string>
  /** For instance `7.0.15`. */
  version: string
  flavour: 'redis' | 'valkey'
  source: 'path' | 'cache' | 'apt'
  /** One line for people: what it is and where it came from. */
  description: string
}

/** What looking at a file gave: a usable binary, or why it is none (words that follow its name). */
export type Inspection =
  | { kind: 'usable'; binary: RedisBinary }
  | { kind: 'refused'; reason: string }

/** Asks the file for its version. Never throws: a file that does not run is refused with what it said. */
export async function inspectBinary(
  serverPath: string,
  source: RedisBinary['source'],
  env: Record<string, string> = {},
): Promise<Inspection> {
  const answer = await askVersion(serverPath, env)
  const match = /^(redis|valkey) server v=(\d+)(\.[\d.]+)/i.exec(answer)
  if (!match) return refused(`is not a Redis that runs here: ${answer}`)
  const [, name = '', major = '', rest = ''] = match
  const version = major + rest
  if (Number(major) < LOWEST_MAJOR) return refused(`is ${name} ${version}, older than 7.0`)
  const flavour = name.toLowerCase() === 'valkey' ? 'valkey' : 'redis'
  const title = flavour === 'valkey' ? 'Valkey' : 'Redis'
  const description = `${title} ${version} (${sayOrigin(source, serverPath)})`
  const found = { serverPath, env, version, flavour, source, description } as const
  return { kind: 'usable', binary: { ...found, ...findCli(serverPath) } }
}

function sayOrigin(source: RedisBinary['source'], serverPath: string): string {
  if (source === 'path') return serverPath
  return source === 'cache' ? "the project's cached copy" : 'just downloaded into the cache'
}

/** `reason` follows the name of the file, or stands alone. */
export function refused(reason: string): Inspection {
  return { kind: 'refused', reason }
}

async function askVersion(serverPath: string, env: Record<string, string>): Promise<string> {
  const options = { env: { ...process.env, ...env }, timeout: VERSION_TIMEOUT_MS }
  const answer = await runCommand(serverPath, ['--version'], options).catch(sayError)
  return answer.trim().split('\n')[0] ?? ''
}

function findCli(serverPath: string): { cliPath?: string } {
  const folder = dirname(serverPath)
  const cliPath = ['valkey-cli', 'redis-cli'].map((name) => join(folder, name)).find(existsSync)
  return cliPath ? { cliPath } : {}
}
