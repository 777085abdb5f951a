// The other side: jobs of one event each in the relay's partitions, added by BullMQ's own Queue as any producer does, and
// the worker app in a process of its own.

import { fileURLToPath } from 'node:url'

import { jobName, partitionOf } from '@retention-relay/events'
import { openNamespace, partitionKeys, QUEUE_NAME } from '@retention-relay/queue'
import { LOOSE_PLAN, startProcess } from '@retention-relay/testkit'
import { Queue } from 'bullmq'

const SCRIPT = fileURLToPath(new URL('../../apps/worker/dist/main.js', import.meta.url))
const NAMESPACE = 'example'
const CHUNK = 500
/** pino's number for the level `error`. */
const ERROR_LEVEL = 50

/** A side of the comparison. */
export function relaySide() {
  return { add: addJobs, start }
}

async function addJobs({ client, onEnd }, events) {
  const namespace = await openNamespace(client, { namespace: NAMESPACE })
  const queues = Array.from({ length: namespace.partitions }, (_, partition) =>
    openQueue(client, partitionKeys({ ...namespace, partition }).prefix, onEnd),
  )
  const add = (event) =>
    queues[partitionOf(event.customerId, namespace.partitions)].add(
      jobName(1),
      { v: 1, ns: NAMESPACE, events: [event] },
      { jobId: `c-${event.id}` },
    )
  for (let from = 0; from < events.length; from += CHUNK) {
    await Promise.all(events.slice(from, from + CHUNK).map(add))
  }
}

function openQueue(client, prefix, onEnd) {
  const queue = new Queue(QUEUE_NAME, {
    prefix,
    connection: client,
    streams: { events: { maxLen: 0 } },
  })
  queue.on('error', () => undefined)
  onEnd(async () => queue.close())
  return queue
}

async function start({ mock, onEnd }, port) {
  const child = startProcess({ script: SCRIPT, env: environment(mock, port), onEnd })
  await child.waitForLine(/"lease.taken"|"worker.started"/)
  return { process: child, faults: () => readFaults(child) }
}

function environment(mock, port) {
  const unset = Object.keys(process.env).filter((name) => /^(RELAY_|CUSTOMERIO_)/.test(name))
  return {
    ...Object.fromEntries(unset.map((name) => [name, undefined])),
    REDIS_URL: `redis://127.0.0.1:${port}`,
    RELAY_NAMESPACE: NAMESPACE,
    RELAY_RATE_LIMIT: '1000',
    // Its events carry numbers that no tracking plan knows.
    RELAY_TRACKING_PLAN: LOOSE_PLAN,
    RELAY_HTTP_PORT: '0',
    CUSTOMERIO_SITE_ID: mock.settings.siteId,
    CUSTOMERIO_API_KEY: mock.settings.apiKey,
    CUSTOMERIO_TRACK_URL: mock.url,
    NODE_ENV: '',
    RELAY_SHUTDOWN_MS: '10000',
    LOG_LEVEL: 'info',
  }
}

/** Errors that the worker logged, and events that it counts as dead. */
function readFaults({ stdout }) {
  const lines = stdout.map((line) => JSON.parse(line))
  const errors = lines.filter(({ level }) => level >= ERROR_LEVEL)
  return { errors: errors.length, failed: 0, lastError: errors.at(-1)?.msg ?? '' }
}
