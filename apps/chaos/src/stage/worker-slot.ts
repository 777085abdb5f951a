// One place for a worker, and the processes that fill it one after another: a platform that starts the next one when the
// last has ended. Each end is either meant by a fault, or a finding. One that Redis refuses at its start (a password that
// was changed, a master that has become a replica) ends by itself, and is started again until it is not refused.

import { setTimeout as pause } from 'node:timers/promises'

import { peakRssMb, startFaultProxy } from '@retention-relay/testkit'
import type { FaultProxy, Period, ProcessExit, TestProcess } from '@retention-relay/testkit'

import { HealthWatch } from './health-watch.ts'
import { launchWorker } from './launch-worker.ts'
import type { WorkerPlace } from './launch-worker.ts'
import { judgeEnd } from './life-end.ts'
import type { Meant } from './life-end.ts'

/** One process of the slot. */
interface Life {
  readonly process: TestProcess
  /** Wall clock. `until` is written at its end. */
  readonly period: { readonly from: number; until: number }
  /** Written by `#watch`, once it serves it; the control serves none. */
  health: HealthWatch | undefined
  /** How it was meant to end. Written by who ends it. */
  meant: Meant
  /** When it was told to end, by the monotonic clock. Written by who ends it. */
  toldAt: number
  /** The most memory that it had, in MB; 0 until it is told to end. Written by who ends it. */
  peakRssMb: number
}

const REFUSED_PAUSE_MS = 500

/** It takes a second to load its modules, on a machine that is busy with much else half a minute. */
const BORN = { timeoutMs: 90_000 }

/** A place for a worker. */
export class WorkerSlot {
  readonly name: string
  readonly destination: FaultProxy
  readonly #place: WorkerPlace
  /** In the order of their starts. Written by `start`. */
  readonly #lives: Life[] = []
  /** Ends that nobody meant. */
  readonly unexpected: string[] = []
  /** Nobody is started any more. Written by `close`. */
  #isClosed = false

  private constructor(place: WorkerPlace, destination: FaultProxy) {
    this.name = place.name
    this.#place = place
    this.destination = destination
  }

  /** Makes the slot, with nobody in it. */
  static async open(place: WorkerPlace): Promise<WorkerSlot> {
    return new WorkerSlot(place, await startFaultProxy({ target: { port: place.mockPort } }))
  }

  /** By which the mock tells its requests from those of others. */
  get host(): string {
    return new URL(this.destination.url('http')).host
  }

  /** The process that is there now, or undefined. */
  get process(): TestProcess | undefined {
    return this.#running?.process
  }

  /** Where the process that is there now serves its health; 0 where it serves none. */
  get httpPort(): number {
    return this.#running?.health?.httpPort ?? 0
  }

  /** What its processes wrote, in the order of their starts. */
  get lines(): readonly string[] {
    return this.#lives.flatMap(({ process }) => process.lines)
  }

  /** From when to when each of its processes was there. */
  get lives(): readonly Period[] {
    return this.#lives.map(({ period }) => period)
  }

  /** The most memory that one of its processes had before it was told to end, in MB. One that crashed is not counted. */
  get peakRssMb(): number {
    return Math.max(0, ...this.#lives.map((life) => life.peakRssMb))
  }

  /** What its processes said of their health, in the order of their starts. */
  get health(): readonly HealthWatch[] {
    return this.#lives.flatMap(({ health }) => health ?? [])
  }

  /** Fills the place, unless somebody is there. Resolves when the new process serves its health. */
  async start(): Promise<void> {
    if (this.#isClosed || this.#running !== undefined) return
    const process = launchWorker(this.#place, this.destination.url('http'))
    this.#place.timeline.note(this.name, `starts as process ${process.pid}`)
    const period = { from: Date.now(), until: Number.MAX_SAFE_INTEGER }
    const life: Life = { process, period, health: undefined, meant: 'run', toldAt: 0, peakRssMb: 0 }
    this.#lives.push(life)
    void process.exited.then(async (exit) => await this.#ended(life, exit))
    if (this.#place.consumer === 'relay') await watch(life)
  }

  /** Resolves when the process that is there now delivers. */
  async started(): Promise<void> {
    await this.#running?.process.waitForLine(/worker\.started/, BORN)
  }

  /** Ends the process by a signal and waits for the end. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const life = this.#running
    if (life === undefined) return
    life.meant = signal === 'SIGKILL' ? 'killed' : 'stopped'
    life.toldAt = performance.now()
    life.peakRssMb = peakRssMb(life.process.pid)
    this.#place.timeline.note(this.name, signal)
    await life.process.kill(signal)
  }

  /** Lets the process crash by itself, by what `cause` does. */
  async crash(cause: (process: TestProcess) => void): Promise<void> {
    const life = this.#running
    if (life === undefined) return
    life.meant = 'crashed'
    cause(life.process)
    await life.process.exited
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#lives.map(({ process }) => process.kill()))
    await Promise.all(this.health.map((health) => health.stop()))
    await this.destination.stop()
  }

  get #running(): Life | undefined {
    const life = this.#lives.at(-1)
    return life?.meant === 'run' ? life : undefined
  }

  async #ended(life: Life, exit: ProcessExit): Promise<void> {
    const how = exit.signal ?? `code ${exit.code}`
    this.#place.timeline.note(this.name, `has ended (${how})`)
    life.period.until = Date.now()
    void life.health?.stop()
    const { meant, toldAt, process } = life
    if (meant === 'run') life.meant = 'crashed'
    const { lines } = process
    const verdict = judgeEnd({ meant, exit, lines, tookMs: performance.now() - toldAt })
    if (this.#isClosed || verdict.kind === 'right') return
    if (verdict.kind === 'wrong') return void this.unexpected.push(`${this.name} ${verdict.why}`)
    await pause(REFUSED_PAUSE_MS)
    await this.start()
  }
}

/** Its first line says where it serves its health. It may be ended before. */
async function watch(life: Life): Promise<void> {
  const line = await life.process.waitForLine(/"httpPort":(\d+)/, BORN).catch(() => null)
  if (line !== null && life.meant === 'run') life.health = new HealthWatch(Number(line[1]))
}
