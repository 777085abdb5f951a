// BullMQ's own Worker as its documentation shows it, in a process of its own: one job is one event, the processor makes
// one request. SIGTERM closes it and then ends the process with 0. Writes one JSON object a line.
// Argument: one JSON object { redis: host and port or path, queue, concurrency, prepareMs, trackUrl, authorization }.
//   prepareMs: what the processor does before it sends (a look-up, a template) takes about so long, a half more or less.

import { setTimeout as delay } from 'node:timers/promises'

import { Worker } from 'bullmq'

const TELL_MS = 100

const { redis, queue, concurrency, prepareMs, trackUrl, authorization } = JSON.parse(
  process.argv[2],
)
const tally = { errors: 0, failed: 0, lastError: '' }

const worker = new Worker(queue, deliver, {
  connection: redis,
  concurrency,
  removeOnComplete: { count: 0 },
})
worker.on('error', (error) => {
  tally.errors += 1
  tally.lastError = error.message
})
worker.on('failed', (_job, error) => {
  tally.failed += 1
  tally.lastError = error.message
})
worker.once('ready', () => tell({ ready: true }))
setInterval(() => tell(tally), TELL_MS)
process.once('SIGTERM', () => void stop())

async function deliver({ data }) {
  await delay(prepareMs * (0.5 + (data.data.relay_seq % 17) / 16))
  const { id, customerId, name, data: attributes, occurredAt } = data
  const timestamp = Math.floor(occurredAt / 1000)
  const identifiers = { id: customerId }
  const operation = {
    type: 'person',
    action: 'event',
    identifiers,
    name,
    id,
    timestamp,
    attributes,
  }
  const body = JSON.stringify(operation)
  const headers = { authorization, 'content-type': 'application/json' }
  const response = await fetch(`${trackUrl}/api/v2/entity`, { method: 'POST', headers, body })
  await response.text()
  if (!response.ok) throw new Error(`Customer.io answered ${response.status}`)
}

async function stop() {
  await worker.close()
  tell(tally)
  process.exit(0)
}

function tell(facts) {
  process.stdout.write(`${JSON.stringify(facts)}\n`)
}
