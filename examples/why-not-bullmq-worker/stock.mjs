// The one side: a BullMQ queue with one job per event, and a stock Worker process with the defaults of BullMQ (lock 30 s,
// check for stalled jobs every 30 s).

import { fileURLToPath } from 'node:url'

import { startProcess } from '@retention-relay/testkit'
import { Queue } from 'bullmq'

const SCRIPT = fileURLToPath(new URL('stock-worker-process.mjs', import.meta.url))
const QUEUE = 'stock'
const CHUNK = 500

/** A side of the comparison. `settings`: concurrency, and prepareMs of the processor. */
export function stockSide({ concurrency, prepareMs = 0 }) {
  return {
    add: addJobs,
    start: async (ground, port) => await start(ground, port, { concurrency, prepareMs }),
  }
}

async function addJobs({ client, onEnd }, events) {
  const queue = new Queue(QUEUE, { connection: client })
  queue.on('error', () => undefined)
  onEnd(async () => queue.close())
  for (let from = 0; from < events.length; from += CHUNK) {
    const chunk = events.slice(from, from + CHUNK)
    await queue.addBulk(chunk.map((data) => ({ name: data.name, data, opts: { jobId: data.id } })))
  }
}

async function start({ mock, onEnd }, port, settings) {
  const { siteId, apiKey } = mock.settings
  const authorization = `Basic ${btoa(`${siteId}:${apiKey}`)}`
  const redis = { host: '127.0.0.1', port }
  const argument = { ...settings, redis, queue: QUEUE, trackUrl: mock.url, authorization }
  const child = startProcess({ script: SCRIPT, args: [JSON.stringify(argument)], onEnd })
  await child.waitForLine(/"ready"/)
  return { process: child, faults: () => readTally(child) }
}

/** Errors that the Worker emitted, and jobs that it counts as failed. */
function readTally({ stdout }) {
  const last = stdout.findLast((line) => line.includes('"errors"'))
  return last === undefined ? { errors: 0, failed: 0, lastError: '' } : JSON.parse(last)
}
