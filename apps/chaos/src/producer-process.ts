// A service of the shop as a process of its own. It says what its part of the load says, writes its history, and ends
// when everything that it called is stored. Argument: one JSON object, ProducerTask. A successor of a killed process is
// given the histories of its predecessors: it says again, with the same ids, what they had no answer to.

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'

import { createProducer, RelayError } from '@retention-relay/producer'
import type { Producer } from '@retention-relay/producer'

import { CallRecorder } from './load/call-recorder.ts'
import { callAbout } from './load/customer-calls.ts'
import { drawLaterCalls, drawLoad } from './load/draw-load.ts'
import { eventTimes } from './load/event-times.ts'
import { readPastCalls } from './load/past-calls.ts'
import type { PlannedCall } from './load/planned-call.ts'
import type { ProducerTask } from './load/producer-task.ts'
import { trackingPlan } from './load/shop-plan.ts'

const RESTART_MS = 300

const task = JSON.parse(process.argv[2] ?? '') as ProducerTask
const { namespace } = task
let open: Producer<typeof trackingPlan> | undefined
process.once('SIGTERM', () => void end('producer.closed'))
tell({ event: 'producer.began' })
const producer = await openProducer()
open = producer
const calls = drawLoad(task)
tell({ event: 'producer.started' })
const startedAt = task.startedAt ?? Number(await nextLine())
const { called, acknowledged } = readPastCalls(task.past)
const times = eventTimes(calls, { laterCalls: drawLaterCalls(task), startedAt })
const tools = {
  enqueue: producer.enqueue.bind(producer),
  recorder: new CallRecorder(task.history),
  startedAt,
  endsAtMs: task.load.forMs,
  occurredAt: ({ id }: PlannedCall): number => times.get(id) ?? startedAt,
}
const customers = new Set(calls.map(({ customerId }) => customerId))
await Promise.all(
  [...customers].map((customer) => {
    const own = calls.filter(({ customerId }) => customerId === customer)
    const again = own.filter(({ id }) => called.has(id) && !acknowledged.has(id))
    const fresh = own.filter(({ id }) => !called.has(id))
    return callAbout(fresh, again, tools)
  }),
)
await end('producer.finished')

/** A Redis that refuses the password ends the start; a platform then starts the service again and again. */
async function openProducer(): Promise<Producer<typeof trackingPlan>> {
  const { redisUrl: redis, partitions, replicas } = task
  for (;;) {
    try {
      return await createProducer({
        namespace,
        redis,
        trackingPlan,
        partitions,
        replicas,
        maxPendingEvents: task.load.maxPendingEvents,
      })
    } catch (error) {
      if (!(error instanceof RelayError) || error.code !== 'RELAY_REDIS_UNUSABLE') throw error
      tell({ event: 'producer.not_open', code: error.code })
      await pause(RESTART_MS)
    }
  }
}

async function nextLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin })
  const [line] = (await once(lines, 'line')) as [string]
  lines.close()
  process.stdin.unref()
  return line
}

async function end(event: string): Promise<never> {
  await open?.close()
  tell({ event, ...open?.counters() })
  process.exit(0)
}

function tell(fact: object): void {
  process.stdout.write(`${JSON.stringify({ time: Date.now(), ...fact })}\n`)
}
