// The command that draws a run again.

import type { RunOrder } from './run.ts'

/** As a person types it. */
export function againCommand({ seed, loadMs, consumer }: RunOrder): string {
  return `npm run chaos -- --seed ${seed} --duration ${loadMs / 1000} --consumer ${consumer}`
}
