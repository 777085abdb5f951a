// Whether the counts in the metrics of the workers that are there at the end agree with the durable ones. Where nothing hit
// a worker or its Redis they are the same. A worker that died has taken its counts along, so otherwise they may be less,
// and never more. A Redis that can lose what it has acknowledged (its disk, or a failover) is behind the workers.
// A second copy of an event that dies again is a dead one to its worker, and a duplicate durably: both are taken together.

import { DISTURBING, FAULTS } from '../schedule/fault-table.ts'
import type { Schedule } from '../schedule/schedule.ts'

/** Counts of a worker, or the durable ones. */
export interface EventCounts {
  readonly accepted: number
  readonly delivered: number
  readonly duplicateOrDead: number
}

/** How the sum over the workers may differ from the durable counts. */
export type CountRule = 'equal' | 'at_most' | 'any'

/** Whether nothing hits the workers or their Redis in a run. */
export function isUndisturbed({ faults }: Pick<Schedule, 'faults'>): boolean {
  return !faults.some(({ kind }) => DISTURBING.includes(FAULTS[kind].lane))
}

/** What holds in a run. */
export function countRule({ faults, topology }: Pick<Schedule, 'faults' | 'topology'>): CountRule {
  if (isUndisturbed({ faults })) return 'equal'
  const isEmptied = faults.some(({ kind }) => kind === 'redis_emptied')
  return isEmptied || topology.kind !== 'standalone' ? 'any' : 'at_most'
}

/** Counts that break the rule, in words. */
export function miscounts(
  workers: readonly EventCounts[],
  durable: EventCounts,
  rule: CountRule,
): string[] {
  if (rule === 'any') return []
  return (['accepted', 'delivered', 'duplicateOrDead'] as const).flatMap((name) => {
    const sum = workers.reduce((total, counts) => total + counts[name], 0)
    const isRight = rule === 'equal' ? sum === durable[name] : sum <= durable[name]
    return isRight
      ? []
      : [`the workers counted ${sum} ${name}, and ${durable[name]} are durable (rule: ${rule})`]
  })
}
