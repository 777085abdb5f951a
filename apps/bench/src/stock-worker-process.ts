// BullMQ's own Worker with a processor that does nothing, as a process of its own: what the engine itself can do.
// Arguments: Redis' socket, prefix, queue, concurrency.

import { Worker } from 'bullmq'
import { Redis } from 'ioredis'

const [socketPath = '', prefix = '', queue = '', concurrency = ''] = process.argv.slice(2)
const connection = new Redis(socketPath, { maxRetriesPerRequest: null })
const worker = new Worker(queue, async () => undefined, {
  prefix,
  connection,
  concurrency: Number(concurrency),
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
})
worker.on('error', (error) => process.stderr.write(`${error.message}\n`))
