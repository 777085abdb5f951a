// Puts the worker's parts together. `new` happens here and nowhere else. Three connections to Redis: one for the
// scripts of all partitions, whose order matters; one for leases, so that a long settle does not delay a renewal;
// one for the blocking wait, which a Cluster does not need.

import { createTrackDestination } from '@retention-relay/customerio'
import type { TrackDestination } from '@retention-relay/customerio'
import {
  ByteBudget,
  Consumer,
  DEFAULT_BATCH_LIMITS,
  DEFAULT_BUFFER_BYTES,
  DEFAULT_LEASE_TIMES,
  EndpointGate,
  MassRejection,
  NamespacePause,
  PartitionManager,
  RateShare,
  REQUEST_TIMEOUT_MS,
  systemClock,
} from '@retention-relay/delivery'
import type {
  DeliveryObserver,
  JudgeEvent,
  Lease,
  LeasePort,
  RegistryPort,
} from '@retention-relay/delivery'
import { identifyFirst, judgeEvent, timeRules } from '@retention-relay/events'
import type { IdentifyFirst, TimeRules, TrackingPlan } from '@retention-relay/events'
import {
  consumeScripts,
  createRedisClient,
  identifiedScripts,
  isCluster,
  LeaseStore,
  leaseScripts,
  namespaceKeys,
  partitionKeys,
  PartitionQueue,
  pauseScripts,
  PauseStore,
  ScriptRunner,
  WorkerRegistry,
  WorkSignal,
} from '@retention-relay/queue'
import type { OpenNamespace, RedisClient } from '@retention-relay/queue'

import type { WorkerConfig } from './config.ts'
import { RedisPartition } from './partition-port.ts'
import type { RedisRefusals } from './redis-refusals.ts'
import type { WallClocks } from './wall-clocks.ts'

/** The connections of a worker. */
export interface Connections {
  /** Claim, delivered, settle, requeue. */
  readonly scripts: RedisClient
  /** Leases and the registry. */
  readonly leases: RedisClient
  /** Blocking pops; null in a Cluster. */
  readonly markers: WorkSignal | null
  close(): Promise<void>
}

/** Opens the connections; they connect by themselves. */
export function connect(redisUrl: string): Connections {
  const scripts = createRedisClient(redisUrl, { name: 'relay-worker' })
  const leases = createRedisClient(redisUrl, { name: 'relay-worker-leases' })
  const blocking = isCluster(scripts)
    ? null
    : createRedisClient(redisUrl, { name: 'relay-worker-markers' })
  const markers =
    blocking === null || isCluster(blocking)
      ? null
      : new WorkSignal(blocking, (clientId) => leases.call('CLIENT', 'UNBLOCK', clientId))
  return {
    scripts,
    leases,
    markers,
    close: async () => {
      await markers?.stop()
      scripts.disconnect()
      leases.disconnect()
    },
  }
}

/** The destination of a configuration. */
export function destinationOf(config: WorkerConfig, version: string): TrackDestination {
  return createTrackDestination({
    credentials: { siteId: config.CUSTOMERIO_SITE_ID, apiKey: config.CUSTOMERIO_API_KEY },
    region: config.CUSTOMERIO_REGION,
    ...(config.CUSTOMERIO_TRACK_URL === undefined ? {} : { baseUrl: config.CUSTOMERIO_TRACK_URL }),
    version,
  })
}

/** What a tracking plan says about events on their way. */
export interface PlanRules {
  readonly time: TimeRules
  readonly identifyFirst: IdentifyFirst
  readonly judge: JudgeEvent
}

/**
 * The rules of a plan.
 *
 * @throws RelayError `RELAY_CONFIG_INVALID` when its time rules cannot be kept.
 */
export function rulesOf(plan: TrackingPlan, namespace: string, clocks: WallClocks): PlanRules {
  const time = timeRules(plan, namespace)
  return {
    time: {
      ...time,
      isExpired: (event, nowMs) => time.isExpired(event, Math.min(nowMs, clocks.earlier())),
    },
    identifyFirst: identifyFirst(plan),
    judge: (event) => judgeEvent(event, plan, clocks.later()),
  }
}

/** What the delivery of an open namespace is made of. */
export interface DeliveryParts {
  readonly workerId: string
  readonly connections: Connections
  readonly namespace: OpenNamespace
  readonly destination: TrackDestination
  readonly gates: Gates
  readonly rules: PlanRules
  readonly wallClocks: WallClocks
  readonly observer: DeliveryObserver
  readonly refusals: RedisRefusals
  /** Redis was emptied: it has lost the namespace. */
  readonly emptied: () => void
  /** Whether somebody looks at the live view; told with each sign of life. */
  readonly tailed: (isTailed: boolean) => void
}

/** What holds the requests of the whole process back. */
export interface Gates {
  readonly gate: EndpointGate
  readonly rate: RateShare
  readonly pause: NamespacePause
  readonly massRejection: MassRejection
}

/** The gates of the process. */
export function gatesOf(parts: {
  readonly config: WorkerConfig
  readonly destination: Pick<TrackDestination, 'probe'>
  readonly observer: DeliveryObserver
  readonly stop: AbortSignal
}): Gates {
  const { config, destination, observer, stop } = parts
  const rate = new RateShare(config.RELAY_RATE_LIMIT, systemClock)
  const pause = new NamespacePause(observer)
  const gate = new EndpointGate({
    destination,
    clock: systemClock,
    random: Math.random,
    observer,
    stop,
    pause,
    closed: () => rate.startSlowly(),
  })
  return { gate, rate, pause, massRejection: new MassRejection(pause) }
}

/** Leasing and delivery of an open namespace; not started. */
export function composeDelivery(parts: DeliveryParts): PartitionManager {
  const { workerId, connections, namespace, observer, gates } = parts
  const times = DEFAULT_LEASE_TIMES
  const leaseRunner = new ScriptRunner(connections.leases, [...leaseScripts, ...pauseScripts])
  const nextToken = tokens(workerId)
  return new PartitionManager({
    workerId,
    partitions: namespace.partitions,
    times,
    leases: leasePort(new LeaseStore(leaseRunner, workerId, times.ttlMs), namespace),
    registry: registryPort(parts, leaseRunner),
    pause: gates.pause,
    rate: gates.rate,
    clock: systemClock,
    observer,
    nextToken,
    consume: consumers(parts, nextToken),
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  })
}

/** Starts a consumer on a lease. */
function consumers(parts: DeliveryParts, nextToken: () => string): (lease: Lease) => Consumer {
  const { workerId, connections, namespace, destination, rules, observer } = parts
  const { gate, rate, massRejection } = parts.gates
  const runner = new ScriptRunner(connections.scripts, [...consumeScripts, ...identifiedScripts])
  const budget = new ByteBudget(DEFAULT_BUFFER_BYTES)
  return (lease) => {
    const keys = partitionKeys({ ...namespace, partition: lease.partition })
    const queue = new PartitionQueue(runner, keys)
    return new Consumer({
      lease,
      namespace: namespace.namespace,
      ...rules,
      queue: new RedisPartition({
        namespace: namespace.namespace,
        queue,
        keys,
        client: connections.scripts,
        runner,
        signal: connections.markers,
      }),
      destination,
      gate,
      rate,
      massRejection,
      budget,
      limits: DEFAULT_BATCH_LIMITS,
      clock: systemClock,
      random: Math.random,
      observer,
      settler: { partition: lease.partition, worker: workerId, now: () => systemClock.wall() },
      nextToken,
    })
  }
}

function registryPort(parts: DeliveryParts, runner: ScriptRunner): RegistryPort {
  const { namespace, workerId, refusals, wallClocks, emptied, tailed } = parts
  const keys = namespaceKeys(namespace.namespace)
  const { ttlMs } = DEFAULT_LEASE_TIMES
  const { createdAt } = namespace
  const registry = new WorkerRegistry(runner, { keys, workerId, ttlMs, createdAt })
  const pauses = new PauseStore(runner, keys)
  return {
    register: async () => {
      const reply = await refusals.follow(() => registry.register())
      const { live, pause, wasEmptied, isTailed, nowMs } = reply
      wallClocks.told(nowMs)
      if (wasEmptied) emptied()
      tailed(isTailed)
      return { live, pause: pause === null ? null : pause.detail }
    },
    // Whoever stops right after the loss may be the only one who can tell.
    leave: async () => {
      const { wasEmptied } = await registry.leave()
      if (wasEmptied) emptied()
    },
    pause: async (detail) => await pauses.pause({ detail, by: workerId, at: systemClock.wall() }),
  }
}

function leasePort(store: LeaseStore, namespace: OpenNamespace): LeasePort {
  const keysOf = (partition: number): ReturnType<typeof partitionKeys> =>
    partitionKeys({ ...namespace, partition })
  return {
    acquire: async (partition, token) => await store.acquire(keysOf(partition), token),
    renew: async (partition, held) => await store.renew(keysOf(partition), held),
    release: async (partition, held) => await store.release(keysOf(partition), held),
  }
}

/** Tokens `worker#epoch`; none is used twice, since the worker's id is unique per start of a process. */
function tokens(workerId: string): () => string {
  let epoch = 0
  return () => {
    epoch += 1
    return `${workerId}#${epoch}`
  }
}
