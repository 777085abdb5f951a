// From the log lines of a worker to lines of the timeline: what changes hands, what waits and what goes wrong. What is
// said for every request is left out.

import type { Timeline } from './timeline.ts'

interface LogLine {
  readonly time: number
  readonly event: string
  readonly partition?: number | null
  readonly cause?: string
  readonly reason?: string
  readonly detail?: string
  readonly ready?: boolean
  readonly reasons?: readonly string[]
  readonly outcome?: string
}

const TOLD: Record<string, (line: LogLine) => string> = {
  'worker.listening': () => 'listens',
  'worker.started': () => 'runs',
  'worker.stopping': () => 'begins to stop',
  'worker.stopped': () => 'has stopped',
  'worker.readiness': ({ ready, reasons }) =>
    ready === true ? 'is ready' : `is not ready: ${reasons?.join('; ')}`,
  'redis.away': ({ cause }) => `says that Redis is away: ${cause}`,
  'lease.taken': ({ partition }) => `takes partition ${partition}`,
  'lease.ended': ({ partition, cause }) => `no longer has partition ${partition}: ${cause}`,
  'consumer.out_of_sync': ({ partition, cause }) => `requeues partition ${partition}: ${cause}`,
  'relay.paused': ({ reason, partition, detail }) =>
    `waits on purpose (${reason}, partition ${partition ?? 'all'}): ${detail}`,
  'relay.resumed': ({ reason, partition }) =>
    `goes on (${reason}, partition ${partition ?? 'all'})`,
  'event.died': ({ partition, reason }) => `has a dead letter in partition ${partition}: ${reason}`,
}

/** Adds what a worker said. Lines that are not the worker's own are the words of Node about a crash. */
export function tellWorkerLog(timeline: Timeline, who: string, lines: readonly string[]): void {
  for (const text of lines) {
    const line = parse(text)
    const told = line === null ? undefined : TOLD[line.event]
    if (line !== null && told !== undefined) timeline.note(who, told(line), line.time)
  }
}

/** Null for a line that is no JSON. */
export function parse(text: string): LogLine | null {
  try {
    return JSON.parse(text) as LogLine
  } catch {
    return null
  }
}
