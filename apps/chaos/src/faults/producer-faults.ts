// What happens to the services of the shop. A successor goes on with the same ids.

import type { ProducerSlot } from '../stage/producer-slot.ts'
import type { Stage } from '../stage/stage.ts'
import { last } from './fault-action.ts'
import type { FaultAction } from './fault-action.ts'

/** SIGKILL; the successor starts after the time. */
export const killProducer: FaultAction = async (stage, { target, forMs }) => {
  const producer = slotOf(stage, target)
  if (!producer.isRunning) return 'skipped'
  await producer.end('SIGKILL')
  await last(stage, forMs)
  producer.start()
  return undefined
}

/** Told to close while its Redis is silent. What it had sent arrives when the successor is there. */
export const closeHangingProducer: FaultAction = async (stage, { target, forMs }) => {
  const producer = slotOf(stage, target)
  const proxy = stage.redis.proxyOf(producer.name)
  if (!producer.isRunning || proxy === undefined) return 'skipped'
  stage.timeline.note(producer.name, 'gets no answers from Redis')
  const hold = proxy.hold()
  await last(stage, forMs)
  await producer.end('SIGTERM')
  producer.start()
  await last(stage, forMs)
  await hold.release()
  stage.timeline.note(producer.name, 'what its predecessor had sent arrives')
  return undefined
}

function slotOf({ producers }: Stage, target: number): ProducerSlot {
  return producers[target]!
}
