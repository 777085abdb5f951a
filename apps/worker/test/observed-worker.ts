// The worker app in a process of its own, as the image starts it, and what a platform sees of it: exit code, log lines,
// /health and /metrics. Nothing of the test's own environment reaches its configuration.

import { fileURLToPath } from 'node:url'

import { startProcess, until } from '@retention-relay/testkit'
import type { TestEnd, TestProcess } from '@retention-relay/testkit'
import { onTestFinished } from 'vitest'

import { configSchema } from '../src/config.ts'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** Many workers that start at once on a busy machine take their time. */
const START_MS = 60_000

/** Variables of a worker; `undefined` leaves one out. */
export type Settings = Readonly<Record<string, string | undefined>>

/** One line of the log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly event: string }

/** Readiness as /health/ready tells it. */
export interface ReadyAnswer {
  readonly status: number
  readonly ready: boolean
  readonly reasons: readonly string[]
}

/** A worker process. */
export class ObservedWorker {
  readonly process: TestProcess

  constructor(settings: Settings, onEnd: TestEnd = onTestFinished) {
    const names = Object.keys(configSchema.shape).flatMap((name) => [name, `${name}_FILE`])
    const nothing = Object.fromEntries(names.map((name) => [name, undefined]))
    this.process = startProcess({
      script: MAIN,
      env: { ...nothing, ...settings },
      onEnd,
    })
  }

  /** Everything that it wrote. */
  get output(): string {
    return this.process.lines.join('\n')
  }

  /** Log lines of one event so far. */
  logged(event: string): LogLine[] {
    return this.process.stdout
      .map((line) => JSON.parse(line) as LogLine)
      .filter((line) => line.event === event)
  }

  /** Resolves with the first log line of the event. */
  async log(event: string): Promise<LogLine> {
    const { input } = await this.process.waitForLine(new RegExp(`"event":"${event}"`))
    return JSON.parse(input) as LogLine
  }

  /** Asks a path of its HTTP server. */
  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const { httpPort } = await this.log('worker.listening')
    const response = await fetch(`http://127.0.0.1:${String(httpPort)}${path}`)
    return { status: response.status, text: await response.text() }
  }

  /** What /health/ready says now. */
  async readiness(): Promise<ReadyAnswer> {
    const { status, text } = await this.get('/health/ready')
    return { status, ...(JSON.parse(text) as Omit<ReadyAnswer, 'status'>) }
  }

  /** Resolves when /health/ready says so. */
  async untilReady(): Promise<void> {
    const accept = ({ ready }: ReadyAnswer): boolean => ready
    await until(() => this.readiness(), { accept, timeoutMs: START_MS, what: 'ready' })
  }

  /** Samples of /metrics by name and labels, as in the text: `relay_paused{reason="auth"}`. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const { text } = await this.get('/metrics')
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    return new Map(
      samples.map((line) => {
        const cut = line.lastIndexOf(' ')
        return [line.slice(0, cut), Number(line.slice(cut + 1))]
      }),
    )
  }

  /** Resolves with a scrape in which this sample has this value. */
  async untilMetric(name: string, value: number): Promise<ReadonlyMap<string, number>> {
    const accept = (metrics: ReadonlyMap<string, number>): boolean => metrics.get(name) === value
    return await until(() => this.metrics(), { accept, what: `${name} ${value}` })
  }
}
