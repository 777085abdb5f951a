// What happens, as log lines: two for each request, all facts in them, never a payload and never a secret.

import type { DeliveryObserver, SettleFacts } from '@retention-relay/delivery'
import type { Logger } from 'pino'

/** Writes what happens to the log. */
export function logObserver(logger: Logger): DeliveryObserver {
  return {
    leaseTaken: (partition) =>
      logger.info({ event: 'lease.taken', partition }, 'leases a partition'),
    leaseEnded: (partition, cause) =>
      logger.info({ event: 'lease.ended', partition, cause }, 'no longer leases a partition'),
    outOfSync: (partition, cause) =>
      logger.warn({ event: 'consumer.out_of_sync', partition, cause }, 'out of sync; requeues'),
    claimed: (partition, events) =>
      logger.debug({ event: 'jobs.claimed', partition, events }, 'claimed events'),
    answered: (facts) => {
      const isGood = facts.outcome === 'delivered' || facts.outcome === 'partly_refused'
      logger[isGood ? 'info' : 'warn']({ event: 'request.answered', ...facts }, 'a request ended')
    },
    settled: (facts) => {
      const { partition, delivered, duplicate, dead, latenciesMs, tolerated, late } = facts
      const slowestMs = latenciesMs.reduce((most, latencyMs) => Math.max(most, latencyMs), 0)
      logger.info(
        {
          event: 'events.settled',
          partition,
          delivered,
          duplicate,
          dead: dead.length,
          tolerated: tolerated.length,
          late,
          slowestMs,
        },
        'settled events',
      )
      for (const group of toleratedGroups(facts)) {
        logger.warn(
          { event: 'events.tolerated', partition, ...group },
          'delivered events that do not match the tracking plan',
        )
      }
      for (const { id, reason, label, status, field } of dead) {
        logger.warn(
          { event: 'event.died', partition, id, reason, label, status, field },
          'an event became a dead letter',
        )
      }
    },
    paused: (reason, partition, detail) =>
      logger.error({ event: 'relay.paused', reason, partition, detail }, 'waits on purpose'),
    resumed: (reason, partition) =>
      logger.info({ event: 'relay.resumed', reason, partition }, 'goes on'),
  }
}

/** By label: how many, and the first one's id and fault. */
function toleratedGroups({ tolerated }: SettleFacts): Iterable<Readonly<Record<string, unknown>>> {
  const groups = new Map<string, { label: string; events: number; id: string; fault: string }>()
  for (const { label, id, fault } of tolerated) {
    const group = groups.get(label)
    if (group === undefined) groups.set(label, { label, events: 1, id, fault })
    else group.events += 1
  }
  return groups.values()
}
