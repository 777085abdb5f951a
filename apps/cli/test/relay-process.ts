// The relay command as a process of its own, against a Redis of the test's.

import { fileURLToPath } from 'node:url'

import { startProcess } from '@retention-relay/testkit'
import type { TestProcess } from '@retention-relay/testkit'

/** The program; built. */
export const MAIN: string = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** What a command printed. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What is in the environment beside PATH and the like. */
export interface RelayEnv {
  readonly REDIS_URL?: string
  readonly RELAY_NAMESPACE?: string
  readonly RELAY_DATA_DIR?: string
  readonly RELAY_TRACKING_PLAN?: string
}

/** Starts a command. */
export function startRelay(words: readonly string[], env: RelayEnv): TestProcess {
  const cleared = {
    REDIS_URL: undefined,
    RELAY_NAMESPACE: undefined,
    RELAY_DATA_DIR: undefined,
    RELAY_TRACKING_PLAN: undefined,
  }
  return startProcess({ script: MAIN, args: words, env: { ...cleared, ...env } })
}

/** Waits for the end of a command. */
export async function endOf(started: TestProcess): Promise<Ended> {
  const { code } = await started.exited
  return { code, stdout: started.stdout.join('\n'), stderr: started.stderr.join('\n') }
}
