// Whether the end of a worker process is as it should be. One that was told to stop ends with code 0 and within its
// deadline. One that is to run ends by itself only if Redis refused it at its start, and is then started again; once it has
// begun to deliver it must come back by itself from everything.

import type { ProcessExit } from '@retention-relay/testkit'

/** How a process was meant to end. */
export type Meant = 'run' | 'killed' | 'stopped' | 'crashed'

/** What is known of an end. */
export interface LifeEnd {
  readonly meant: Meant
  readonly exit: ProcessExit
  /** All that it wrote. */
  readonly lines: readonly string[]
  /** Since it was told to end. */
  readonly tookMs: number
}

/** `refused`: another one is to be started. `wrong`: in words. */
export type EndVerdict =
  | { readonly kind: 'right' | 'refused' }
  | { readonly kind: 'wrong'; readonly why: string }

/** RELAY_SHUTDOWN_MS of every worker. */
export const SHUTDOWN_MS = 6000

/** For a busy machine. */
const GRACE_MS = 2000

const ENDS: Record<Meant, (exit: ProcessExit) => boolean> = {
  run: () => false,
  killed: ({ signal }) => signal === 'SIGKILL',
  stopped: ({ code }) => code === 0,
  crashed: ({ code }) => code !== 0,
}

/** Judges an end. */
export function judgeEnd(end: LifeEnd): EndVerdict {
  const { meant, exit, tookMs } = end
  if (isUnborn(end)) return { kind: 'right' }
  if (isRefused(end)) return { kind: 'refused' }
  const how = exit.signal ?? `code ${exit.code}`
  if (!ENDS[meant](exit)) return { kind: 'wrong', why: `was to be ${meant} and ended with ${how}` }
  const isLate = meant === 'stopped' && tookMs > SHUTDOWN_MS + GRACE_MS
  return isLate
    ? {
        kind: 'wrong',
        why: `took ${Math.round(tookMs)} ms to stop, and may take ${SHUTDOWN_MS} ms`,
      }
    : { kind: 'right' }
}

/** Node itself ends a process that has not begun to listen for signals. */
function isUnborn({ meant, exit, lines }: LifeEnd): boolean {
  return meant === 'stopped' && exit.signal === 'SIGTERM' && lines.length === 0
}

function isRefused({ meant, lines }: LifeEnd): boolean {
  const hasStarted = lines.some((line) => line.includes('"worker.started"'))
  return (
    meant === 'run' && !hasStarted && lines.some((line) => line.startsWith('RELAY_REDIS_UNUSABLE'))
  )
}
