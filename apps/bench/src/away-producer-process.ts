// A service whose Redis goes away, as a process of its own. Arguments: Redis' socket, namespace, most events that wait. It
// calls from the start, and says `begun`. The first line that comes in means that Redis is being started again: when what
// waited then is acknowledged it calls nothing new, closes its producer and prints `facts` with what its callers saw. Then
// it stays until it is ended, so that its memory can be read.

import { once } from 'node:events'

import { createProducer } from '@retention-relay/producer'

import { AwayLoad } from './away-load.ts'

const EVENTS_PER_SECOND = 100

const [socketPath = '', namespace = '', maxPendingEvents = ''] = process.argv.slice(2)
const producer = await createProducer({
  namespace,
  redis: `unix://${socketPath}`,
  maxPendingEvents: Number(maxPendingEvents),
})
const load = new AwayLoad(producer)
await load.warmUp(Number(maxPendingEvents))
const timer = setInterval(() => load.begin(), 1000 / EVENTS_PER_SECOND)
process.stdout.write('begun\n')
await once(process.stdin, 'data')
const back = await load.untilBack()
clearInterval(timer)
await load.untilAcknowledged()
await producer.close()
process.stdout.write(`facts ${JSON.stringify(load.facts(back))}\n`)
