// What became of the lines that were not accepted: the first ones on standard error, all of them in a file, one JSON
// object per line, from which they can be corrected and sent again.

import { createWriteStream } from 'node:fs'
import type { WriteStream } from 'node:fs'
import { once } from 'node:events'

import type { RelayError } from '@retention-relay/events'
import { EnqueueError } from '@retention-relay/producer'

import { CliError } from '../cli-error.ts'
import { printable } from '../output/format.ts'
import type { Line } from './lines.ts'

/** Rejected lines that are shown. */
export const SHOWN_REJECTS = 20

/** A line of the file. */
export interface Reject {
  /** Number of the line in the input, 1-based. */
  readonly line: number
  /** Of the relay's error table. */
  readonly code: string
  readonly message: string
  /** The line itself. */
  readonly text: string
  /** Where Redis refused it or did not answer: to be given as `id` when it is sent again. */
  readonly eventId?: string
  /** The same for `occurredAt`, in milliseconds since 1970. */
  readonly occurredAt?: number
}

/** Takes rejected lines. */
export class Rejects {
  readonly #show: (line: string) => void
  readonly #file: WriteStream | undefined
  /** Set when the file cannot be written. */
  #fault: CliError | undefined
  /** Lines so far. */
  #count = 0

  /** `path`: the file, which is overwritten; readable by its owner alone, since it holds personal data. */
  constructor(show: (line: string) => void, path: string | undefined) {
    this.#show = show
    if (path === undefined) return
    this.#file = createWriteStream(path, { mode: 0o600 })
    this.#file.on('error', ({ message }) => {
      this.#fault ??= new CliError('usage', `The file of --rejects cannot be written: ${message}`)
    })
  }

  get count(): number {
    return this.#count
  }

  add({ number, text }: Line, error: RelayError): void {
    const { code, message } = error
    this.#count += 1
    if (this.#count <= SHOWN_REJECTS) {
      this.#show(`line ${number}: ${code}: ${printable(message)}`)
    } else if (this.#count === SHOWN_REJECTS + 1) {
      const where =
        this.#file === undefined ? '--rejects FILE keeps all of them' : 'all are in the file'
      this.#show(`more lines are rejected; ${where}`)
    }
    this.#file?.write(`${JSON.stringify(rejectOf(number, text, error))}\n`)
  }

  /** Waits until the file has taken what was written. @throws CliError `usage` when it cannot. */
  async flushed(): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault
    if (this.#file?.writableNeedDrain === true)
      await once(this.#file, 'drain').catch(() => undefined)
  }

  /** @throws CliError `usage` when the file could not be written. */
  async close(): Promise<void> {
    const file = this.#file
    if (file !== undefined && !file.closed) {
      file.end()
      await once(file, 'close').catch(() => undefined)
    }
    if (this.#fault !== undefined) throw this.#fault
  }
}

function rejectOf(line: number, text: string, error: RelayError): Reject {
  const { code, message } = error
  if (!(error instanceof EnqueueError)) return { line, code, message, text }
  const { eventId, occurredAt } = error
  return { line, code, message, text, eventId, occurredAt: occurredAt.getTime() }
}
