// One run of the worker app: environment, configuration, worker, until a signal. Returns the exit code.
//   0   stopped by SIGTERM or SIGINT
//   1   a bug: an exception that nobody expected
//   78  a fault of the configuration (EX_CONFIG of sysexits.h)

import { loadTrackingPlan, RelayError } from '@retention-relay/events'
import { pino } from 'pino'

import { readConfig } from './config.ts'
import type { WorkerConfig } from './config.ts'
import { RELAY_VERSION } from './version.ts'
import { Worker } from './worker.ts'

/** Exit code of a wrong configuration. */
export const EXIT_CONFIG = 78

/** What a run needs of its process. */
export interface RunParts {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborts at the first SIGTERM or SIGINT. */
  readonly stop: AbortSignal
  /** Writes one line for a person. */
  readonly complain: (line: string) => void
}

/** Runs the worker until it is told to stop. */
export async function run(parts: RunParts): Promise<number> {
  const result = readConfig(parts.env)
  if (result.kind === 'faults') {
    parts.complain('The configuration has faults; docs/configuration.md lists every setting:')
    for (const { name, fault } of result.faults) parts.complain(`  ${name} ${fault}`)
    return EXIT_CONFIG
  }
  try {
    await runWorker(result.config, parts)
    return 0
  } catch (error) {
    if (!(error instanceof RelayError)) throw error
    parts.complain(`${error.code}: ${error.message}`)
    return EXIT_CONFIG
  }
}

async function runWorker(config: WorkerConfig, { env, stop }: RunParts): Promise<void> {
  const plan = await loadTrackingPlan(config.RELAY_TRACKING_PLAN)
  const logger = pino({ level: config.LOG_LEVEL, base: { namespace: config.RELAY_NAMESPACE } })
  const readCredentials = (): WorkerConfig | null => {
    const again = readConfig(env)
    return again.kind === 'config' ? again.config : null
  }
  const worker = new Worker({ config, plan, logger, version: RELAY_VERSION, readCredentials })
  try {
    await Promise.race([worker.start(), untilAborted(stop)])
    await untilAborted(stop)
  } finally {
    await worker.stop()
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
