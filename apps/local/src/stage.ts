// Everything that `npm start` runs on this machine: Redis, the destination, the worker and a producer. Each part is opened
// in this order and closed in the opposite one, so that the worker stops before Redis does.

import { join } from 'node:path'

import { loadTrackingPlan, RelayError, TRACKING_PLAN_VARIABLE } from '@retention-relay/events'
import type { retentionPlan } from '@retention-relay/events'
import { openLocalRedis } from '@retention-relay/local-redis'
import type { Mock } from '@retention-relay/mock-customerio'
import { startMock } from '@retention-relay/mock-customerio'
import { createProducer } from '@retention-relay/producer'
import type { Producer } from '@retention-relay/producer'
import { readConfig, RELAY_VERSION, Worker } from '@retention-relay/worker'
import { pino } from 'pino'

import type { Printer } from './printer.ts'
import { dataFolder, REDIS_CONFIG } from './repository.ts'
import { REFUSED_COUPON } from './sample-shop.ts'
import { Tally } from './tally.ts'

/** Ports that are tried first, so that addresses stay the same from start to start. */
const MOCK_PORT = 8620
const HTTP_PORT = 9464

type Environment = Readonly<Record<string, string | undefined>>

/** What runs. */
export interface Stage {
  readonly producer: Producer<typeof retentionPlan>
  readonly worker: Worker
  readonly tally: Tally
  /** Null when it delivers to Customer.io. */
  readonly mock: Mock | null
  readonly namespace: string
  /** What is not settled in the whole namespace; null while Redis is away. */
  readonly backlog: Worker['backlog']
  /** Closes everything. */
  close(): Promise<void>
}

/** Opens everything; what was opened is closed again when a part fails. `service`: who sends. */
export async function openStage(
  env: Environment,
  printer: Printer,
  service: string,
): Promise<Stage> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer()
  }
  try {
    const plan = await loadPlan(env)
    const redisUrl = await openRedis(env, printer, closers)
    const mock = await openDestination(env, printer, closers)
    const namespace = env['RELAY_NAMESPACE'] || (mock === null ? 'local-live' : 'local')
    const tally = new Tally()
    const parts = { redisUrl, namespace, mock, tally, plan }
    const worker = await openWorker(env, parts, printer, closers)
    const producer = await createProducer({
      namespace,
      redis: redisUrl,
      service,
      trackingPlan: plan,
    })
    closers.push(() => producer.close())
    return { producer, worker, tally, mock, namespace, backlog: () => worker.backlog(), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What is sent here is typed by the shipped plan; whatever a shop's own plan says otherwise the producer checks. */
async function loadPlan(env: Environment): Promise<typeof retentionPlan> {
  const path = env[TRACKING_PLAN_VARIABLE] || undefined
  return (await loadTrackingPlan(path)) as typeof retentionPlan
}

type Closers = (() => Promise<unknown>)[]

async function openRedis(env: Environment, printer: Printer, closers: Closers): Promise<string> {
  const started = performance.now()
  const given = env['REDIS_URL']
  if (given) {
    printer.step('Redis', 'the one that REDIS_URL names', started)
    return given
  }
  const dataDir = dataFolder(env)
  const redis = await openLocalRedis({
    dataDir,
    cacheDir: join(dataDir, 'cache'),
    configFile: REDIS_CONFIG,
    log: (line) => printer.line(`${''.padEnd(13)}${line}`),
  })
  closers.push(() => redis.stop())
  printer.step('Redis', redis.description, started)
  return redis.url
}

async function openDestination(
  env: Environment,
  printer: Printer,
  closers: Closers,
): Promise<Mock | null> {
  const started = performance.now()
  if (env['CUSTOMERIO_SITE_ID'] || env['CUSTOMERIO_API_KEY']) {
    printer.step('Destination', 'Customer.io: events leave this machine', started)
    return null
  }
  const rejectWhen = [
    {
      name: 'order_placed',
      field: 'data.coupon',
      equals: REFUSED_COUPON,
      error: {
        reason: 'invalid',
        field: 'attributes.coupon',
        message: 'this coupon is refused by a rule planted in the mock',
      },
    },
  ]
  const mock = await firstFree([MOCK_PORT, 0], (port) =>
    startMock({ port, rejectWhen, latencyMs: 20 }),
  )
  closers.push(() => mock.close())
  printer.step('Destination', 'a mock Customer.io: nothing leaves this machine', started)
  return mock
}

interface WorkerSurroundings {
  readonly redisUrl: string
  readonly namespace: string
  readonly mock: Mock | null
  readonly tally: Tally
  readonly plan: typeof retentionPlan
}

async function openWorker(
  env: Environment,
  parts: WorkerSurroundings,
  printer: Printer,
  closers: Closers,
): Promise<Worker> {
  const started = performance.now()
  const { redisUrl, namespace, mock, tally, plan } = parts
  const ports = env['RELAY_HTTP_PORT'] ? [env['RELAY_HTTP_PORT']] : [String(HTTP_PORT), '0']
  const worker = await firstFree(ports, async (httpPort) => {
    const config = configOf({
      ...env,
      REDIS_URL: redisUrl,
      RELAY_NAMESPACE: namespace,
      RELAY_HTTP_PORT: httpPort,
      ...mockSettings(mock, env),
    })
    const candidate = new Worker({
      config,
      plan,
      logger: pino({ level: env['LOG_LEVEL'] || 'error' }),
      version: RELAY_VERSION,
      observer: tally.observer(),
    })
    try {
      await candidate.start()
      return candidate
    } catch (error) {
      await candidate.stop()
      throw error
    }
  })
  closers.push(() => worker.stop())
  printer.step('Worker', `namespace ${namespace}`, started)
  return worker
}

function mockSettings(mock: Mock | null, env: Environment): Environment {
  if (mock === null) return {}
  const { siteId, apiKey } = mock.settings
  // The newest official limit of Customer.io; the worker's own default is more careful.
  return {
    RELAY_RATE_LIMIT: env['RELAY_RATE_LIMIT'] || '1000',
    CUSTOMERIO_SITE_ID: siteId,
    CUSTOMERIO_API_KEY: apiKey,
    CUSTOMERIO_TRACK_URL: mock.url,
  }
}

function configOf(
  env: Environment,
): Extract<ReturnType<typeof readConfig>, { kind: 'config' }>['config'] {
  const result = readConfig(env)
  if (result.kind === 'config') return result.config
  const faults = result.faults.map(({ name, fault }) => `${name} ${fault}`)
  throw new RelayError('RELAY_CONFIG_INVALID', faults.join('; '))
}

/** Opens with the first port that works; the error of the last one counts. */
async function firstFree<Port, Opened>(
  ports: readonly Port[],
  open: (port: Port) => Promise<Opened>,
): Promise<Opened> {
  for (const port of ports.slice(0, -1)) {
    try {
      return await open(port)
    } catch {
      // Another program has it.
    }
  }
  return await open(ports.at(-1)!)
}
