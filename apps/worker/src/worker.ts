// The worker's life: listen, reach Redis, check what the promises depend on, open the namespace, lease and deliver, until
// it is stopped. Redis or Customer.io away is no fault: not ready, and it goes on trying. A fault of the
// configuration ends the start with an error that names the remedy.

import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

import type { TrackDestination } from '@retention-relay/customerio'
import { systemClock } from '@retention-relay/delivery'
import type { DeliveryObserver, PartitionManager } from '@retention-relay/delivery'
import type { TrackingPlan } from '@retention-relay/events'
import { awaitRedis, bindWorkspace, ScriptRunner, statusScripts } from '@retention-relay/queue'
import type { OpenNamespace, RedisFacts } from '@retention-relay/queue'
import type { Logger } from 'pino'

import { tellRedisChecks } from './check-redis.ts'
import { composeDelivery, connect, destinationOf, gatesOf, rulesOf } from './compose.ts'
import type { Connections, Gates, PlanRules } from './compose.ts'
import type { WorkerConfig } from './config.ts'
import { Health } from './health.ts'
import type { HttpServer } from './http-server.ts'
import { startHttpServer } from './http-server.ts'
import { LiveCredentials } from './live-credentials.ts'
import type { Credentials } from './live-credentials.ts'
import { LiveNamespace } from './live-namespace.ts'
import { meetDestination } from './meet-destination.ts'
import { readNamespaceGauges } from './namespace-gauges.ts'
import type { NamespaceGauges } from './namespace-gauges.ts'
import { observationOf } from './observation.ts'
import type { Observation } from './observation.ts'
import { RedisRefusals } from './redis-refusals.ts'
import { watchRedis } from './redis-watch.ts'
import { WallClocks } from './wall-clocks.ts'

/** Wait before Redis is tried again, in milliseconds. */
const REDIS_WAIT_MS = 5000
/** Kept of RELAY_SHUTDOWN_MS for closing connections, in milliseconds. */
const CLOSE_MS = 500
/** Of these, for what the watch has seen last. */
const LAST_WATCH_MS = 250

/** What a worker is made of. */
export interface WorkerParts {
  readonly config: WorkerConfig
  /** The one that the configuration names. */
  readonly plan: TrackingPlan
  readonly logger: Logger
  /** Version of the relay, for the user agent. */
  readonly version: string
  /** Reads the credentials again; null where they have a fault. Default: they never change. */
  readonly readCredentials?: () => Credentials | null
  /** Told everything that the logs and metrics are told. */
  readonly observer?: Partial<DeliveryObserver>
}

/** One worker process. */
export class Worker {
  readonly #config: WorkerConfig
  readonly #wallClocks = new WallClocks(systemClock)
  readonly #rules: PlanRules
  readonly #logger: Logger
  readonly #workerId = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`
  readonly #stop = new AbortController()
  readonly #health: Health
  readonly #connections: Connections
  /** Reads the namespace for the metrics. */
  readonly #status: ScriptRunner
  readonly #observation: Observation
  readonly #namespace: LiveNamespace
  readonly #destination: TrackDestination
  readonly #credentials: LiveCredentials
  readonly #gates: Gates
  #http: HttpServer | undefined
  #manager: PartitionManager | undefined

  /**
   * Connects; `start` does the rest.
   *
   * @throws RelayError when the time rules of the plan cannot be kept.
   */
  constructor(parts: WorkerParts) {
    this.#config = parts.config
    this.#rules = rulesOf(parts.plan, parts.config.RELAY_NAMESPACE, this.#wallClocks)
    this.#logger = parts.logger.child({ worker: this.#workerId })
    this.#health = healthOf(this.#logger)
    this.#connections = connect(this.#config.REDIS_URL)
    this.#status = new ScriptRunner(this.#connections.leases, statusScripts)
    this.#observation = this.#observe(parts)
    this.#namespace = this.#liveNamespace()
    this.#destination = destinationOf(this.#config, parts.version)
    this.#credentials = this.#liveCredentials(parts)
    this.#gates = gatesOf({
      config: this.#config,
      destination: this.#credentials,
      observer: this.#observation.observer,
      stop: this.#stop.signal,
    })
  }

  /** Port of /metrics and /health; 0 before the start. */
  get httpPort(): number {
    return this.#http?.port ?? 0
  }

  /** What of the whole namespace is not settled; null while Redis is away or the namespace is not open. */
  async backlog(): Promise<NamespaceGauges | null> {
    const { opened } = this.#namespace
    return opened === undefined ? null : await readNamespaceGauges(this.#status, opened)
  }

  /**
   * Resolves when it delivers, or when it was stopped before.
   *
   * @throws RelayError for a fault of the configuration.
   */
  async start(): Promise<void> {
    await this.#listen()
    const facts = await this.#reachRedis()
    if (facts === null) return
    tellRedisChecks(facts, this.#config, this.#logger)
    watchRedis(this.#connections.scripts, {
      changed: (isReady) => this.#health.set('redis', isReady),
      away: (cause) => this.#tellAway(cause),
    })
    const namespace = await this.#namespace.open()
    if (namespace === null) return
    this.#manager = this.#compose(namespace)
    this.#manager.start()
    void this.#observation.watch.run()
    void this.#meetDestination()
    this.#tellStarted(namespace)
  }

  /** Stops within RELAY_SHUTDOWN_MS: request in flight, settles, requeue, leases. */
  async stop(): Promise<void> {
    this.#health.stop()
    this.#stop.abort()
    this.#logger.info({ event: 'worker.stopping' }, 'the worker stops')
    await this.#manager?.stop(this.#config.RELAY_SHUTDOWN_MS - CLOSE_MS)
    await this.#close()
    this.#logger.info({ event: 'worker.stopped' }, 'the worker has stopped')
  }

  /** Does not wait for a peer that has fallen silent. */
  async #close(): Promise<void> {
    const closed = new AbortController()
    const closing = async (): Promise<void> => {
      await Promise.race([
        this.#observation.watch.stop(),
        systemClock.sleep(LAST_WATCH_MS, closed.signal),
      ])
      await Promise.all([this.#connections.close(), this.#destination.close(), this.#http?.close()])
      closed.abort()
    }
    await Promise.race([closing(), systemClock.sleep(CLOSE_MS, closed.signal)])
  }

  /** Null when the worker was stopped before Redis answered. */
  async #reachRedis(): Promise<readonly RedisFacts[] | null> {
    while (!this.#stop.signal.aborted) {
      const arrivals = await Promise.all(
        [this.#connections.scripts, this.#connections.leases].map((client) =>
          awaitRedis(client, { timeoutMs: REDIS_WAIT_MS }),
        ),
      )
      const [first, second] = arrivals
      if (first?.kind === 'ready' && second?.kind === 'ready') return first.facts
      const cause = arrivals.find((arrival) => arrival.kind === 'away')?.cause?.message
      this.#tellAway(cause)
    }
    return null
  }

  #tellAway(cause: string | undefined): void {
    this.#logger.warn({ event: 'redis.away', cause }, 'Redis does not answer; goes on trying')
  }

  #tellStarted({ namespace, partitions }: OpenNamespace): void {
    const trackingPlan = this.#config.RELAY_TRACKING_PLAN ?? 'shipped'
    this.#logger.info(
      { event: 'worker.started', namespace, partitions, httpPort: this.httpPort, trackingPlan },
      'the worker runs',
    )
  }

  async #listen(): Promise<void> {
    const { metrics } = this.#observation
    this.#http = await startHttpServer(this.#config.RELAY_HTTP_PORT, metrics.registry, () =>
      this.#health.readiness(),
    )
    this.#logger.info(
      { event: 'worker.listening', httpPort: this.httpPort },
      'serves /metrics and /health',
    )
  }

  async #meetDestination(): Promise<void> {
    await meetDestination({
      credentials: this.#credentials,
      gate: this.#gates.gate,
      health: this.#health,
      logger: this.#logger,
      stop: this.#stop.signal,
    })
  }

  #compose(namespace: OpenNamespace): PartitionManager {
    return composeDelivery({
      workerId: this.#workerId,
      connections: this.#connections,
      namespace,
      destination: this.#destination,
      gates: this.#gates,
      rules: this.#rules,
      wallClocks: this.#wallClocks,
      observer: this.#observation.observer,
      refusals: new RedisRefusals(this.#health, this.#logger),
      emptied: () => void this.#namespace.foundEmptied(),
      tailed: (isTailed) => this.#observation.tail.asked(isTailed),
    })
  }

  #observe({ plan, observer = {} }: WorkerParts): Observation {
    return observationOf({
      workerId: this.#workerId,
      namespace: this.#config.RELAY_NAMESPACE,
      plan,
      client: this.#connections.leases,
      logger: this.#logger,
      health: this.#health,
      readBacklog: () => this.backlog(),
      also: observer,
    })
  }

  #liveNamespace(): LiveNamespace {
    const { RELAY_NAMESPACE: namespace, RELAY_PARTITIONS: partitions } = this.#config
    return new LiveNamespace({
      client: this.#connections.leases,
      options: { namespace, ...(partitions === undefined ? {} : { partitions }) },
      siteId: this.#config.CUSTOMERIO_SITE_ID,
      logger: this.#logger,
      stop: this.#stop.signal,
      changed: (isOpen) => this.#health.set('namespace', isOpen),
      emptied: this.#observation.metrics.noteEmptied,
    })
  }

  #liveCredentials({ readCredentials = () => null }: WorkerParts): LiveCredentials {
    return new LiveCredentials({
      destination: this.#destination,
      credentials: this.#config,
      read: readCredentials,
      checkWorkspace: async (siteId) =>
        await bindWorkspace(this.#connections.leases, this.#config.RELAY_NAMESPACE, siteId),
      logger: this.#logger,
    })
  }
}

function healthOf(logger: Logger): Health {
  return new Health(({ ready, reasons }) =>
    logger[ready ? 'info' : 'warn'](
      { event: 'worker.readiness', ready, reasons },
      ready ? 'ready' : 'not ready',
    ),
  )
}
