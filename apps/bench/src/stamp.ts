// When, on what, and of which commit a measurement is: a figure without these says nothing.

import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

/** Stands in every report. */
export interface Stamp {
  readonly date: string
  readonly commit: string
  readonly machine: string
}

/** The stamp of now. */
export function stamp(): Stamp {
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.versions.node}`,
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return 'unknown'
  }
}
