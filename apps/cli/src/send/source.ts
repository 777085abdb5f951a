// Where the lines come from: a file, or standard input. Opened before Redis is asked for, so that a mistyped name costs
// nothing.

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'

import { CliError } from '../cli-error.ts'
import type { Surroundings } from '../surroundings.ts'
import { readLines } from './lines.ts'

/** An input that is open. */
export interface Source {
  readonly stream: Readable
  /** Absolute path; undefined for standard input. */
  readonly path?: string
  /** Size in bytes, where it is known. */
  readonly totalBytes?: number
}

/** `-`, or no name, is standard input. @throws CliError `usage`. */
export async function openSource(
  name: string | undefined,
  stdin: Surroundings['stdin'],
): Promise<Source> {
  if (name !== undefined && name !== '-') return await openFile(resolve(name))
  if (name === undefined && stdin.isTTY === true) {
    throw new CliError('usage', 'Give a file, or lines on standard input: relay send FILE.')
  }
  return { stream: stdin }
}

async function openFile(path: string): Promise<Source> {
  let file: FileHandle | undefined
  try {
    file = await open(path, constants.O_RDONLY)
    const stat = await file.stat()
    if (stat.isDirectory()) throw new Error('it is a folder')
    const size = stat.isFile() ? { totalBytes: stat.size } : {}
    return { stream: file.createReadStream(), path, ...size }
  } catch (error) {
    await file?.close()
    throw cannotRead(path, error)
  }
}

/** Its lines. @throws CliError `usage` when it cannot be read to its end. */
export async function* readSource({ stream, path }: Source): ReturnType<typeof readLines> {
  try {
    yield* readLines(stream)
  } catch (error) {
    throw cannotRead(path, error)
  }
}

/** What an error of the stream means. */
function cannotRead(path: string | undefined, error: unknown): CliError {
  const { code, message } = error as NodeJS.ErrnoException
  const why = code === 'ENOENT' ? 'there is none' : message
  return new CliError('usage', `${path ?? 'Standard input'} cannot be read: ${why}.`)
}
