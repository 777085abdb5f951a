import type { DeliveryObserver } from '@retention-relay/delivery'

/** Tells each of the observers what it listens to. */
export function tellAll(observers: readonly Partial<DeliveryObserver>[]): DeliveryObserver {
  return {
    leaseTaken: (...facts) => observers.forEach((each) => each.leaseTaken?.(...facts)),
    leaseEnded: (...facts) => observers.forEach((each) => each.leaseEnded?.(...facts)),
    outOfSync: (...facts) => observers.forEach((each) => each.outOfSync?.(...facts)),
    claimed: (...facts) => observers.forEach((each) => each.claimed?.(...facts)),
    decoded: (...facts) => observers.forEach((each) => each.decoded?.(...facts)),
    answered: (...facts) => observers.forEach((each) => each.answered?.(...facts)),
    settled: (...facts) => observers.forEach((each) => each.settled?.(...facts)),
    paused: (...facts) => observers.forEach((each) => each.paused?.(...facts)),
    resumed: (...facts) => observers.forEach((each) => each.resumed?.(...facts)),
  }
}
