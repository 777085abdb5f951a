// What a producer process is told.

import type { LoadPlace } from './draw-load.ts'

/** The task of one process. */
export interface ProducerTask extends LoadPlace {
  readonly redisUrl: string
  readonly partitions: number
  /** Replicas that must have an event before it is acknowledged. */
  readonly replicas: number
  /** When the load began, wall clock; null where it has not: a line on the standard input then says it. */
  readonly startedAt: number | null
  /** File of this process's history. */
  readonly history: string
  /** Files of its predecessors' histories. */
  readonly past: readonly string[]
}
