import type { Script } from '../connection/script.ts'
import { liveWorkersScript } from './live-workers-script.ts'
import { snapshotScript } from './snapshot-script.ts'

/** Scripts that a runner for the status must load. */
export const statusScripts: readonly Script[] = [snapshotScript, liveWorkersScript]
