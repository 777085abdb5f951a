// The worker's life: listen, reach Redis, check what the promises depend on, open the namespace, lease and deliver, until
// it is stopped. Redis or Customer.io away is no fault: not ready, and it goes on trying. A fault of the
// configuration ends the start with an error that names the remedy.

import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

import type { TrackDestination } from '@retention-relay/customerio'
import { systemClock } from '@retention-relay/delivery'
import type { DeliveryObserver, PartitionManager } from '@retention-relay/delivery'
import { personalMask } from '@retention-relay/events'
import type { TrackingPlan } from '@retention-relay/events'
import {
  awaitRedis,
  bindWorkspace,
  driftScripts,
  publishTail,
  readLayoutVersions,
  ScriptRunner,
  statusScripts,
} from '@retention-relay/queue'
import type { OpenNamespace, RedisFacts } from '@retention-relay/queue'
import type { Logger } from 'pino'

import { tellRedisChecks } from './check-redis.ts'
import { composeDelivery, connect, destinationOf, gatesOf, rulesOf } from './compose.ts'
import type { Connections, Gates, PlanRules } from './compose.ts'
import type { WorkerConfig } from './config.ts'
import { EventWatch } from './event-watch.ts'
import { Health } from './health.ts'
import type { HttpServer } from './http-server.ts'
import { startHttpServer } from './http-server.ts'
import { LiveCredentials } from './live-credentials.ts'
import type { Credentials } from './live-credentials.ts'
import { logObserver } from './log-observer.ts'
import { createMetrics } from './metrics.ts'
import { readNamespaceGauges } from './namespace-gauges.ts'
import type { NamespaceGauges } from './namespace-gauges.ts'
import { tellAll } from './observers.ts'
import { openUntilReady } from './open-namespace.ts'
import { followPauses } from './pauses.ts'
import { watchRedis } from './redis-watch.ts'
import { checkLayout } from './start-checks.ts'
import { TailObserver } from './tail-observer.ts'
import { watchReader } from './watch-gauges.ts'

/** Wait before Redis is tried again, in milliseconds. */
const REDIS_WAIT_MS = 5000
/** Kept of RELAY_SHUTDOWN_MS for closing connections, in milliseconds. */
const CLOSE_MS = 500
/** Of these, for what the watch has seen last. */
const LAST_WATCH_MS = 250
/** Wait between two looks at a destination that does not answer, in milliseconds. */
const PROBE_WAIT_MS = 2000

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
  readonly #rules: PlanRules
  readonly #logger: Logger
  readonly #workerId = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`
  readonly #stop = new AbortController()
  readonly #health: Health
  readonly #metrics: ReturnType<typeof createMetrics>
  readonly #observer: DeliveryObserver
  readonly #connections: Connections
  /** Reads the namespace for the metrics. */
  readonly #status: ScriptRunner
  readonly #watch: EventWatch
  readonly #tail: TailObserver
  readonly #destination: TrackDestination
  readonly #credentials: LiveCredentials
  readonly #gates: Gates
  #http: HttpServer | undefined
  #namespace: OpenNamespace | undefined
  #manager: PartitionManager | undefined
  /** The namespace is being set up again. */
  #isReopening = false

  /**
   * Connects; `start` does the rest.
   *
   * @throws RelayError when the time rules of the plan cannot be kept.
   */
  constructor(parts: WorkerParts) {
    this.#config = parts.config
    this.#rules = rulesOf(parts.plan, parts.config.RELAY_NAMESPACE)
    this.#logger = parts.logger.child({ worker: this.#workerId })
    this.#health = new Health(({ ready, reasons }) =>
      this.#logger[ready ? 'info' : 'warn'](
        { event: 'worker.readiness', ready, reasons },
        ready ? 'ready' : 'not ready',
      ),
    )
    this.#connections = connect(this.#config.REDIS_URL)
    const { leases } = this.#connections
    const namespace = this.#config.RELAY_NAMESPACE
    const now = (): number => systemClock.wall()
    this.#metrics = createMetrics(
      () => this.backlog(),
      watchReader(leases, namespace, { plan: parts.plan, now }),
      parts.plan,
    )
    this.#watch = new EventWatch({
      runner: new ScriptRunner(leases, driftScripts),
      namespace,
      clock: systemClock,
      unwatched: this.#metrics.noteUnwatched,
      newCustomers: this.#metrics.noteNewCustomers,
    })
    this.#tail = new TailObserver({
      workerId: this.#workerId,
      mask: personalMask(parts.plan),
      // Whoever looks sees less while Redis is away.
      publish: (message) => void publishTail(leases, namespace, message).catch(() => undefined),
      now,
    })
    this.#observer = followPauses(
      tellAll([
        this.#metrics.observer,
        logObserver(this.#logger),
        this.#health.observer(),
        this.#watch.observer,
        this.#tail,
        ...(parts.observer === undefined ? [] : [parts.observer]),
      ]),
    )
    this.#status = new ScriptRunner(leases, statusScripts)
    this.#destination = destinationOf(this.#config, parts.version)
    this.#credentials = new LiveCredentials({
      destination: this.#destination,
      credentials: this.#config,
      read: parts.readCredentials ?? (() => null),
      checkWorkspace: async (siteId) =>
        await bindWorkspace(this.#connections.leases, this.#config.RELAY_NAMESPACE, siteId),
      logger: this.#logger,
    })
    this.#gates = gatesOf({
      config: this.#config,
      destination: this.#credentials,
      observer: this.#observer,
      stop: this.#stop.signal,
    })
  }

  /** Port of /metrics and /health; 0 before the start. */
  get httpPort(): number {
    return this.#http?.port ?? 0
  }

  /** What of the whole namespace is not settled; null while Redis is away or the namespace is not open. */
  async backlog(): Promise<NamespaceGauges | null> {
    if (this.#namespace === undefined) return null
    return await readNamespaceGauges(this.#status, this.#namespace)
  }

  /**
   * Resolves when it delivers, or when it was stopped before.
   *
   * @throws RelayError for a fault of the configuration.
   */
  async start(): Promise<void> {
    this.#http = await startHttpServer(this.#config.RELAY_HTTP_PORT, this.#metrics.registry, () =>
      this.#health.readiness(),
    )
    this.#logger.info(
      { event: 'worker.listening', httpPort: this.httpPort },
      'serves /metrics and /health',
    )
    const facts = await this.#reachRedis()
    if (facts === null) return
    tellRedisChecks(facts, this.#config, this.#logger)
    watchRedis(this.#connections.scripts, {
      changed: (isReady) => this.#health.set('redis', isReady),
      away: (cause) => this.#tellAway(cause),
    })
    const open = await this.#openNamespace(this.#config.RELAY_PARTITIONS)
    if (open === null || this.#stop.signal.aborted) return
    this.#namespace = open
    this.#health.set('namespace', true)
    await this.#checkLayout(this.#namespace)
    if (this.#stop.signal.aborted) return
    this.#manager = composeDelivery({
      workerId: this.#workerId,
      connections: this.#connections,
      namespace: this.#namespace,
      destination: this.#destination,
      gates: this.#gates,
      rules: this.#rules,
      observer: this.#observer,
      emptied: () => void this.#foundEmptied(),
      tailed: (isTailed) => this.#tail.asked(isTailed),
    })
    this.#manager.start()
    void this.#watch.run()
    void this.#meetDestination()
    const { namespace, partitions } = this.#namespace
    this.#logger.info(
      {
        event: 'worker.started',
        namespace,
        partitions,
        httpPort: this.httpPort,
        trackingPlan: this.#config.RELAY_TRACKING_PLAN ?? 'shipped',
      },
      'the worker runs',
    )
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
      await Promise.race([this.#watch.stop(), systemClock.sleep(LAST_WATCH_MS, closed.signal)])
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

  /** Null when the worker was stopped before Redis took it. `partitions`: what it has to have. */
  async #openNamespace(partitions: number | undefined): Promise<OpenNamespace | null> {
    const { RELAY_NAMESPACE: namespace, CUSTOMERIO_SITE_ID: siteId } = this.#config
    return await openUntilReady({
      client: this.#connections.leases,
      options: { namespace, ...(partitions === undefined ? {} : { partitions }) },
      siteId,
      logger: this.#logger,
      stop: this.#stop.signal,
    })
  }

  /**
   * Redis has lost the namespace: whatever waited in it is gone, and a person must know. The namespace is set up again,
   * so that what producers send from now on is delivered.
   */
  async #foundEmptied(): Promise<void> {
    if (this.#isReopening || this.#namespace === undefined) return
    this.#isReopening = true
    this.#health.set('namespace', false)
    this.#metrics.noteEmptied()
    this.#logger.error(
      { event: 'redis.emptied' },
      'Redis has lost the namespace: events that waited in it are gone, and delivered ones may be delivered again; restore it from a backup, or have services send their latest events again',
    )
    try {
      const open = await this.#openNamespace(this.#namespace.partitions)
      if (open !== null) this.#health.set('namespace', true)
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error)
      this.#logger.error({ event: 'namespace.not_open', cause }, 'the namespace is another one now')
    }
    this.#isReopening = false
  }

  async #checkLayout(namespace: OpenNamespace): Promise<void> {
    const versions = await readLayoutVersions(this.#connections.leases, namespace).catch(() => [])
    for (const { level, text } of versions.map((version) => checkLayout(version))) {
      this.#logger[level === 'danger' ? 'warn' : 'info']({ event: 'layout.checked', level }, text)
    }
  }

  /** Asks the destination for the first time, until it answers. */
  async #meetDestination(): Promise<void> {
    while (!this.#stop.signal.aborted && !this.#health.readiness().ready) {
      const probe = await this.#credentials.probe({ signal: this.#stop.signal })
      if (this.#stop.signal.aborted) return
      if (probe.kind === 'unreachable') {
        this.#logger.warn(
          { event: 'destination.unreachable', detail: probe.detail },
          'Customer.io does not answer; goes on trying',
        )
        await systemClock.sleep(PROBE_WAIT_MS, this.#stop.signal)
        continue
      }
      if (probe.kind === 'refused') await this.#gates.gate.judgeUnauthorized(probe.status)
      else
        this.#logger.info(
          { event: 'destination.checked', region: probe.region },
          'Customer.io accepts the credentials',
        )
      this.#health.set('destination', true)
      return
    }
  }
}
