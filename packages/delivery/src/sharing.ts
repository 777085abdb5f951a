// How many partitions a worker should lease: all workers compute the same shares from the same list of live ids.

/**
 * ⌊partitions / workers⌋, and one more for the first ones in byte order of their ids, so that the shares add up.
 * 0 when the worker is not in the list. The order is by id, since an order by heartbeat would change at every one.
 */
export function targetShare(
  partitions: number,
  liveIds: readonly string[],
  workerId: string,
): number {
  const rank = liveIds.toSorted(byBytes).indexOf(workerId)
  if (rank === -1) return 0
  return Math.floor(partitions / liveIds.length) + (rank < partitions % liveIds.length ? 1 : 0)
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
