// One place for a worker, and the processes that fill it one after another: a platform that starts the next one when the
// last has ended. Each end is either meant by a fault, or a finding.

import { startFaultProxy, startProcess } from '@retention-relay/testkit'
import type { FaultProxy, ProcessExit, TestProcess } from '@retention-relay/testkit'

import { HealthWatch } from './health-watch.ts'
import { CREDENTIALS } from './mock-process.ts'
import { PROGRAMS } from './programs.ts'
import type { Timeline } from './timeline.ts'

/** What its processes are told. */
export interface WorkerPlace {
  /** `worker-1`. */
  readonly name: string
  readonly consumer: 'relay' | 'stock'
  readonly namespace: string
  readonly redisUrl: string
  readonly mockPort: number
  readonly partitions: number
  readonly rateLimit: number
  readonly timeline: Timeline
}

/** One process of the slot. */
interface Life {
  readonly process: TestProcess
  readonly health: HealthWatch | undefined
  /** How it was meant to end. Written by who ends it. */
  meant: 'run' | 'killed' | 'stopped' | 'crashed'
}

const SHUTDOWN_MS = 6000

/** A place for a worker. */
export class WorkerSlot {
  readonly name: string
  readonly destination: FaultProxy
  readonly #place: WorkerPlace
  /** In the order of their starts. Written by `start`. */
  readonly #lives: Life[] = []
  /** Ends that nobody meant. */
  readonly unexpected: string[] = []

  private constructor(place: WorkerPlace, destination: FaultProxy) {
    this.name = place.name
    this.#place = place
    this.destination = destination
  }

  /** Makes the slot, with nobody in it. */
  static async open(place: WorkerPlace): Promise<WorkerSlot> {
    return new WorkerSlot(place, await startFaultProxy({ target: { port: place.mockPort } }))
  }

  /** The process that is there now, or undefined. */
  get process(): TestProcess | undefined {
    const life = this.#lives.at(-1)
    return life?.meant === 'run' ? life.process : undefined
  }

  /** What its processes wrote, in the order of their starts. */
  get lines(): readonly string[] {
    return this.#lives.flatMap(({ process }) => process.lines)
  }

  /** What its processes said of their health, in the order of their starts. */
  get health(): readonly HealthWatch[] {
    return this.#lives.flatMap(({ health }) => health ?? [])
  }

  /** Resolves when the new process serves its health. */
  async start(): Promise<void> {
    const { consumer, timeline } = this.#place
    const process = this.#launch()
    timeline.note(this.name, `starts as process ${process.pid}`)
    const life: Life = { process, health: await watch(process, consumer), meant: 'run' }
    this.#lives.push(life)
    void process.exited.then((exit) => this.#ended(life, exit))
  }

  /** Ends the process by a signal and waits for the end. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const life = this.#lives.at(-1)
    if (life?.meant !== 'run') return
    life.meant = signal === 'SIGKILL' ? 'killed' : 'stopped'
    this.#place.timeline.note(this.name, signal)
    await life.process.kill(signal)
  }

  /** Lets the process crash by itself, by what `cause` does. */
  async crash(cause: (process: TestProcess) => void): Promise<void> {
    const life = this.#lives.at(-1)
    if (life?.meant !== 'run') return
    life.meant = 'crashed'
    cause(life.process)
    await life.process.exited
  }

  async close(): Promise<void> {
    await Promise.all(this.#lives.map(({ process }) => process.kill()))
    await Promise.all(this.health.map((health) => health.stop()))
    await this.destination.stop()
  }

  #launch(): TestProcess {
    const { consumer, namespace, redisUrl, partitions, rateLimit } = this.#place
    return startProcess({
      script: PROGRAMS[consumer === 'relay' ? 'worker' : 'stock'],
      nodeArgs: ['--max-old-space-size=256', '--import', PROGRAMS.hands],
      env: {
        REDIS_URL: redisUrl,
        RELAY_NAMESPACE: namespace,
        RELAY_PARTITIONS: String(partitions),
        RELAY_RATE_LIMIT: String(rateLimit),
        RELAY_HTTP_PORT: '0',
        RELAY_SHUTDOWN_MS: String(SHUTDOWN_MS),
        CUSTOMERIO_SITE_ID: CREDENTIALS.siteId,
        CUSTOMERIO_API_KEY: CREDENTIALS.apiKey,
        CUSTOMERIO_TRACK_URL: this.destination.url('http'),
        LOG_LEVEL: 'info',
      },
    })
  }

  #ended(life: Life, exit: ProcessExit): void {
    const how = exit.signal ?? `code ${exit.code}`
    this.#place.timeline.note(this.name, `has ended (${how})`)
    void life.health?.stop()
    const isRight = ENDS[life.meant](exit)
    if (!isRight) this.unexpected.push(`${this.name} was to be ${life.meant} and ended with ${how}`)
    life.meant = life.meant === 'run' ? 'crashed' : life.meant
  }
}

const ENDS: Record<Life['meant'], (exit: ProcessExit) => boolean> = {
  run: () => false,
  killed: ({ signal }) => signal === 'SIGKILL',
  stopped: ({ code }) => code === 0,
  crashed: ({ code }) => code !== 0,
}

async function watch(
  process: TestProcess,
  consumer: WorkerPlace['consumer'],
): Promise<HealthWatch | undefined> {
  if (consumer === 'stock') return undefined
  const [, port] = await process.waitForLine(/"httpPort":(\d+)/)
  return new HealthWatch(Number(port))
}
