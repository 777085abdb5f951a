// Which pauses hold. The delivery tells each time that it meets a reason to wait, at every attempt, and of most reasons
// it does not tell when they are over. Here a pause is told once, and its end too: when the destination accepts a
// request of that partition, or when the partition is no longer this worker's.

import type { DeliveryObserver } from '@retention-relay/delivery'
import type { PauseReason, ResponseClass } from '@retention-relay/events'

/** Reasons that an accepted request refutes. */
const REFUTED: readonly PauseReason[] = ['destination', 'unreadable_answer', 'refuses_everything']

const ACCEPTED: readonly ResponseClass['kind'][] = ['delivered', 'partly_refused']

/** Tells `told` everything, each pause once and its end. */
export function followPauses(told: DeliveryObserver): DeliveryObserver {
  /** Partitions (null: the whole worker) by reason. */
  const held = new Map<PauseReason, Set<number | null>>()
  const end = (reason: PauseReason, partition: number | null): void => {
    if (held.get(reason)?.delete(partition) === true) told.resumed(reason, partition)
  }
  return {
    ...told,
    paused: (reason, partition, detail) => {
      const partitions = held.get(reason) ?? new Set()
      held.set(reason, partitions)
      if (partitions.has(partition)) return
      partitions.add(partition)
      told.paused(reason, partition, detail)
    },
    resumed: end,
    answered: (facts) => {
      told.answered(facts)
      if (!ACCEPTED.includes(facts.outcome)) return
      for (const reason of REFUTED) end(reason, facts.partition)
    },
    leaseEnded: (partition, cause) => {
      told.leaseEnded(partition, cause)
      for (const reason of held.keys()) end(reason, partition)
    },
  }
}
