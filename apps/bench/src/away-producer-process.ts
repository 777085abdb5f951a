// A service whose Redis goes away, as a process of its own. Arguments: Redis' socket, namespace, most events that wait. It
// calls from the start, and says `begun`. The first line that comes in means that Redis is being started again: when what
// waited then is acknowledged it calls nothing new, closes its producer and prints `facts` with what its callers saw. Then
// it stays until it is ended, so that its memory can be read.

import { once } from 'node:events'

import { createProducer } from '@retention-relay/producer'

import { AwayLoad } from './away-load.ts'
import type { LoadFacts } from './away-load.ts'
import { roundTo } from './round-to.ts'

const EVENTS_PER_SECOND = 100

/** What it prints. Memory in MB. */
export interface AwayFacts extends LoadFacts {
  /** Held before Redis went away. */
  readonly heldBeforeMb: number
  /** Held at the end of the time without Redis. */
  readonly heldAwayMb: number
}

const [socketPath = '', namespace = '', maxPendingEvents = ''] = process.argv.slice(2)
const producer = await createProducer({
  namespace,
  redis: `unix://${socketPath}`,
  maxPendingEvents: Number(maxPendingEvents),
})
const load = new AwayLoad(producer)
await load.warmUp(Number(maxPendingEvents))
const timer = setInterval(() => load.begin(), 1000 / EVENTS_PER_SECOND)
const heldBeforeMb = heldMb()
process.stdout.write('begun\n')
await once(process.stdin, 'data')
const heldAwayMb = heldMb()
const back = await load.untilBack()
clearInterval(timer)
await load.untilAcknowledged()
await producer.close()
const facts: AwayFacts = { ...load.facts(back), heldBeforeMb, heldAwayMb }
process.stdout.write(`facts ${JSON.stringify(facts)}\n`)

/** What is left after a collection: garbage that V8 has not looked at yet says nothing of what the producer holds. */
function heldMb(): number {
  if (globalThis.gc === undefined) throw new Error('Start it with --expose-gc.')
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return roundTo((heapUsed + external) / 2 ** 20, 1)
}
