// One service of the shop: its process, and after a kill the successor that goes on with the same ids.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { startProcess } from '@retention-relay/testkit'
import type { ProcessExit, TestProcess } from '@retention-relay/testkit'

import type { ProducerTask } from '../load/producer-task.ts'
import { PROGRAMS } from './programs.ts'
import type { Timeline } from './timeline.ts'

/** What its processes are told, but for their files. */
export interface ProducerPlace {
  readonly task: Omit<ProducerTask, 'history' | 'past' | 'redisUrl' | 'startedAt'>
  readonly redisUrl: string
  readonly folder: string
  readonly timeline: Timeline
}

/** `close()` ends within `enqueueTimeoutMs`, 2 s; the rest is for a busy machine. */
const CLOSE_MS = 10_000

/** A place for a producer. */
export class ProducerSlot {
  readonly name: string
  readonly #place: ProducerPlace
  readonly #lives: TestProcess[] = []
  /** When the load began, wall clock. Written by `begin`. */
  #startedAt: number | null = null
  readonly #histories: string[] = []
  /** Processes that are ended on purpose. Written by `end`. */
  readonly #killed = new Set<TestProcess>()
  /** Ends that nobody meant. */
  readonly unexpected: string[] = []
  /** Whether somebody has still to say something. Written by `start` and at the end of a process. */
  isRunning = false
  /** Nobody is started any more. Written by `close`. */
  #isClosed = false

  constructor(place: ProducerPlace) {
    this.name = `producer-${place.task.producer}`
    this.#place = place
  }

  get lines(): readonly string[] {
    return this.#lives.flatMap((process) => process.lines)
  }

  /** Lets the first process begin to speak. */
  begin(startedAt: number): void {
    this.#startedAt = startedAt
    this.#lives.at(-1)?.stdin.write(`${startedAt}\n`)
  }

  /** Resolves when the first process waits for its beginning. */
  async ready(): Promise<void> {
    await this.#lives.at(-1)?.waitForLine(/producer\.started/)
  }

  start(): void {
    if (this.#isClosed) return
    const { task, redisUrl, folder, timeline } = this.#place
    const number = task.producer * 100 + this.#lives.length
    const history = join(folder, `producer-${number}.ndjson`)
    // Made here: its process may be killed before it says anything.
    writeFileSync(history, '')
    const past = [...this.#histories]
    const own: ProducerTask = { ...task, redisUrl, history, past, startedAt: this.#startedAt }
    const process = startProcess({ script: PROGRAMS.producer, args: [JSON.stringify(own)] })
    timeline.note(this.name, `starts as process ${process.pid}`)
    this.#lives.push(process)
    this.#histories.push(history)
    this.isRunning = true
    void process.exited.then((exit) => this.#ended(process, exit))
  }

  /** Ends the process and waits for it. SIGTERM: it closes its producer, which must end in time. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const process = this.#lives.at(-1)
    if (process === undefined) return
    this.#killed.add(process)
    this.#place.timeline.note(this.name, signal)
    const began = performance.now()
    const exit = await process.kill(signal)
    const tookMs = performance.now() - began
    // Before its first word it does not know the signal yet.
    const isUnable = signal === 'SIGKILL' || process.stdout.length === 0
    if (isUnable || (exit.code === 0 && tookMs < CLOSE_MS)) return
    const how = exit.signal ?? `code ${exit.code}`
    this.unexpected.push(`${this.name} was told to close: ${how} after ${Math.round(tookMs)} ms`)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#lives.map((process) => process.kill()))
  }

  #ended(process: TestProcess, { code, signal }: ProcessExit): void {
    const how = signal ?? `code ${code}`
    this.#place.timeline.note(this.name, `has ended (${how})`)
    if (this.#killed.has(process)) return
    this.isRunning = false
    if (code === 0) return
    this.unexpected.push(`${this.name} ended with ${how}: ${process.stderr.slice(-5).join(' ')}`)
  }
}
