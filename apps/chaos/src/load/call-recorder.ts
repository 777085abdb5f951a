// Writes a producer's history: each call before it is made, each end when it is known. The lines are written at once and
// whole, so that a process that is killed leaves no call untold.

import { openSync, writeSync } from 'node:fs'

import type { CallEnd, CalledRecord } from '@retention-relay/testkit'

import type { PlannedCall } from './planned-call.ts'

/** What the checker is told of a call. */
export type ToldCall = Omit<PlannedCall, 'atMs' | 'input'>

/** The history of one process. */
export class CallRecorder {
  readonly #file: number
  /** Number of the last call. Written by `called`. */
  #calls = 0

  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  /** Returns the number of the call. */
  called(planned: ToldCall, occurredAt: number): number {
    this.#calls += 1
    const { id, customerId, op, name, mark, planted } = planned
    this.#write({
      kind: 'called',
      call: this.#calls,
      at: Date.now(),
      id,
      customerId,
      op,
      name,
      occurredAt,
      mark,
      ...(planted === undefined ? {} : { planted }),
    })
    return this.#calls
  }

  acknowledged(call: number): void {
    this.#write({ kind: 'acknowledged', call, at: Date.now() })
  }

  /** `refused`: certainly not stored. */
  failed(call: number, code: string): void {
    const kind = code === 'RELAY_ENQUEUE_UNKNOWN' ? 'unknown' : 'refused'
    this.#write({ kind, call, at: Date.now(), code })
  }

  #write(record: CalledRecord | CallEnd): void {
    writeSync(this.#file, `${JSON.stringify(record)}\n`)
  }
}
