export { BACKPRESSURE_RATIO } from './commit/memory-watch.ts'
export { openCommitter } from './commit/committer.ts'
export type { Committer, CommitterOptions } from './commit/committer.ts'
export { EnqueueError } from './commit/enqueue-error.ts'
export type { EnqueueErrorCode, EventReference } from './commit/enqueue-error.ts'
export type { EncodedEvent } from './commit/pending-event.ts'
export { consumeScripts, PartitionQueue } from './consume/partition-queue.ts'
export type {
  ClaimedJob,
  ClaimReply,
  ClaimRequest,
  SettledJob,
  SettledOutcome,
  SettledPosition,
  SettleRequest,
} from './consume/partition-queue.ts'
export { WorkSignal } from './consume/work-signal.ts'
export { ScriptRunner } from './connection/script.ts'
export type { Script } from './connection/script.ts'
export { namespaceKeys, partitionKeys, QUEUE_NAME, TESTED_LAYOUT } from './keys.ts'
export type { NamespaceKeys, PartitionAddress, PartitionKeys } from './keys.ts'
export { LeaseStore } from './lease/lease-store.ts'
export type { LeaseReply } from './lease/lease-store.ts'
export { leaseScripts } from './lease/scripts.ts'
export { WorkerRegistry } from './lease/worker-registry.ts'
export type { RegistryReply } from './lease/worker-registry.ts'
export { pauseScripts, PauseStore } from './pause/pause-store.ts'
export type { Resumption, StoredPause } from './pause/pause-store.ts'
export { parseRedisAddress } from './connection/address.ts'
export type { ClusterSeed, ParsedRedisAddress } from './connection/address.ts'
export { awaitRedis } from './connection/await-redis.ts'
export type { RedisArrival } from './connection/await-redis.ts'
export { bareError } from './connection/bare-error.ts'
export { lastAnswer } from './connection/last-answer.ts'
export {
  closeRedisClient,
  createRedisClient,
  isCluster,
  SOCKET_TIMEOUT_MS,
} from './connection/client.ts'
export type { RedisAddress, RedisClient, RedisClientOptions } from './connection/client.ts'
export { keySlot, masters, nodeAddress, nodeOf } from './connection/cluster-node.ts'
export { assertUsable, inspectRedis, parseInfo } from './connection/inspect.ts'
export type { RedisFacts } from './connection/inspect.ts'
export { assertNamespace, openNamespace } from './connection/namespace.ts'
export type { NamespaceOptions, OpenNamespace } from './connection/namespace.ts'
export { unusableError } from './connection/unusable.ts'
export { readLayoutVersions } from './connection/layout.ts'
export { bindWorkspace, rebindWorkspace } from './connection/workspace.ts'
export { DeadLetterStore } from './dead-letters/dead-letter-store.ts'
export type { DeadLetterPlace, StoredDeadLetter } from './dead-letters/dead-letter-store.ts'
export { addReplay, isReplayUnderWay, replayJobId } from './dead-letters/replay-job.ts'
export type { Replay } from './dead-letters/replay-job.ts'
export { storeFirstOperations } from './drift/known-customers.ts'
export {
  driftScripts,
  readProfiles,
  readShapes,
  readWatchedPlan,
  storeProfile,
  storeShapes,
  storeWatchedPlan,
} from './drift/drift-store.ts'
export { findUnidentified, identifiedScripts } from './identified/identified-store.ts'
export { readTombstones, tombstoneScripts, writeTombstones } from './tombstones/tombstone-store.ts'
export { readLiveWorkers } from './status/live-workers.ts'
export { readNamespace } from './status/namespace-settings.ts'
export type { NamespaceSettings } from './status/namespace-settings.ts'
export { countEvents } from './status/count-events.ts'
export type { EventCount } from './status/count-events.ts'
export { MOST_WAITING, readPartition } from './status/partition-snapshot.ts'
export type { CountedJobs, PartitionSnapshot } from './status/partition-snapshot.ts'
export { statusScripts } from './status/scripts.ts'
export { askForTail, publishTail, subscribeToTail, TAIL_ASKED_MS } from './tail/tail-channel.ts'
export type { TailLine, TailMessage } from './tail/tail-channel.ts'
