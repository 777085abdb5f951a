// The relay's jobs delivered by BullMQ's own Worker: the answer to "why not just that?", the control of the fault runs, and
// the way out for a shop that needs no order. Tuned as well as BullMQ allows: one active job a queue over all processes,
// retries in place with exponential backoff, short locks, no limit on stalled jobs, a limiter, one batch a job.
// It has what BullMQ has: no fencing, no dedupe store, nothing on a full Redis. What Customer.io refuses stays as a failed
// job, whose reason lists the refused events as JSON.
//
//   node examples/dist/stock-worker.js        the settings of the worker app (docs/configuration.md), but no HTTP port
//   STOCK_CONCURRENCY                         active jobs a queue, default 1; more is faster and gives up the order

import { setTimeout as delay } from 'node:timers/promises'

import { decodeJob, encodeOperation, jobCount } from '@retention-relay/events'
import type { DeadReason, RelayEvent } from '@retention-relay/events'
import { openNamespace, parseRedisAddress, partitionKeys, QUEUE_NAME } from '@retention-relay/queue'
import { readConfig } from '@retention-relay/worker'
import type { Job, QueueOptions } from 'bullmq'
import { Queue, UnrecoverableError, WaitingError, Worker } from 'bullmq'
import { Cluster, Redis } from 'ioredis'

type Refusal = { id: string; reason: DeadReason; message: string }

const REQUEST_TIMEOUT_MS = 10_000
const [BACKOFF_BASE_MS, BACKOFF_MOST_MS] = [500, 30_000]
/** A third of BullMQ's default: what a lost reply or a dead worker leaves behind is picked up that much sooner. */
const LOCK_MS = 10_000

const read = readConfig(process.env)
if (read.kind === 'faults') throw new Error(JSON.stringify(read.faults))
const { config } = read
const concurrency = Number(process.env['STOCK_CONCURRENCY'] ?? 1)
const host = config.CUSTOMERIO_REGION === 'eu' ? 'track-eu.customer.io' : 'track.customer.io'
const batchUrl = `${config.CUSTOMERIO_TRACK_URL ?? `https://${host}`}/api/v2/batch`
const authorization = `Basic ${btoa(`${config.CUSTOMERIO_SITE_ID}:${config.CUSTOMERIO_API_KEY}`)}`

const stop = new AbortController()
const workers: Worker[] = []
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end())
const client = connect(config.REDIS_URL)
client.on('error', (error) => tell('redis.error', { error: error.message }))
const namespace = await openNamespace(client, {
  namespace: config.RELAY_NAMESPACE,
  ...(config.RELAY_PARTITIONS && { partitions: config.RELAY_PARTITIONS }),
})
for (let partition = 0; partition < namespace.partitions; partition += 1) {
  workers.push(await startWorker(partition))
}
tell('worker.started', { partitions: namespace.partitions })

/** BullMQ wants connections that wait for Redis and repeat what was cut. */
function connect(address: string): Redis | Cluster {
  const parsed = parseRedisAddress(address)
  const { replyMapping: _, ...options } = parsed.options
  const redisOptions = { ...options, maxRetriesPerRequest: null }
  if (parsed.kind === 'cluster') return new Cluster([...parsed.nodes], { redisOptions })
  return new Redis(redisOptions)
}

async function startWorker(partition: number): Promise<Worker> {
  const { prefix } = partitionKeys({ ...namespace, partition })
  const options: QueueOptions = { prefix, connection: client }
  const queue = new Queue(QUEUE_NAME, { ...options, streams: { events: { maxLen: 0 } } })
  queue.on('error', () => undefined) // The client tells.
  await queue.setGlobalConcurrency(concurrency)
  // A queue knows nothing of the others: each gets its part of the rate, one request at a time.
  const duration = Math.ceil((1000 * namespace.partitions) / config.RELAY_RATE_LIMIT)
  const worker = new Worker(QUEUE_NAME, deliver, {
    ...options,
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: LOCK_MS / 2,
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    removeOnComplete: { count: 0 },
    limiter: { max: 1, duration },
  })
  worker.on('error', (error) => tell('worker.error', { partition, error: error.message }))
  worker.on('failed', (job, error) => tell('job.failed', { job: job?.id, error: error.message }))
  return worker
}

/** One job, one batch, for as long as it takes: a failed attempt would let the next job overtake. */
async function deliver(job: Job, token?: string): Promise<void> {
  const { events, refused } = readJob(job)
  for (let attempt = 1; events.length > 0; attempt += 1) {
    const answer = await send(events, attempt).catch(() => backoffMs(attempt))
    if (typeof answer !== 'number') {
      refused.push(...answer)
      break
    }
    await delay(answer, null, { signal: stop.signal }).catch(() => undefined)
    if (!stop.signal.aborted) continue
    await job.moveToWait(token)
    throw new WaitingError()
  }
  if (refused.length > 0) throw new UnrecoverableError(JSON.stringify(refused))
}

function readJob(job: Job): { events: RelayEvent[]; refused: Refusal[] } {
  const count = jobCount(job.name) ?? 1
  const decoded = decodeJob(JSON.stringify(job.data), count, namespace.namespace)
  if (decoded.kind === 'newer_format') throw new UnrecoverableError(`format ${decoded.version}`)
  const [events, refused]: [RelayEvent[], Refusal[]] = [[], []]
  decoded.positions.forEach((position, index) => {
    if (position.kind === 'malformed') {
      refused.push({ id: `${job.id}.${index}`, reason: 'malformed', message: position.fault })
    } else if (decoded.kind === 'events') events.push(position.event)
    else refused.push({ id: position.event.id, reason: 'wrong_environment', message: '' })
  })
  return { events, refused }
}

/** What was refused of the batch; or, where the answer does not say, in how many milliseconds to send it again. */
async function send(events: readonly RelayEvent[], attempt: number): Promise<Refusal[] | number> {
  const response = await fetch(batchUrl, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: `{"batch":[${events.map((event) => encodeOperation(event)).join(',')}]}`,
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  })
  const text = await response.text()
  const { status, headers } = response
  if ([400, 413, 422].includes(status)) {
    return events.map(({ id }) => ({ id, reason: 'rejected', message: `answered ${status}` }))
  }
  if (status !== 200 && status !== 207) {
    const seconds = Number(headers.get('retry-after') ?? Number.NaN)
    return Number.isFinite(seconds) ? 1000 * Math.min(300, seconds) : backoffMs(attempt)
  }
  // A body that is not Customer.io's throws here, and the batch is sent again.
  const { errors = [] } = JSON.parse(text) as { errors?: { batch_index: number }[] }
  const refused = new Set(errors.map((error) => error.batch_index))
  return events
    .filter((_, index) => refused.has(index))
    .map(({ id }) => ({ id, reason: 'rejected', message: text }))
}

function backoffMs(attempt: number): number {
  return Math.random() * Math.min(BACKOFF_MOST_MS, BACKOFF_BASE_MS * 2 ** attempt)
}

/** `close` does not return while Redis is away, so it gets as long as the settings allow and no longer. */
async function end(): Promise<void> {
  stop.abort()
  const closed = Promise.all(workers.map((worker) => worker.close()))
  await Promise.race([closed, delay(config.RELAY_SHUTDOWN_MS)])
  process.exit(0)
}

function tell(event: string, facts: object): void {
  process.stdout.write(`${JSON.stringify({ msg: event, ...facts })}\n`)
}
