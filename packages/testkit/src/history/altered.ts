// Altered: an event of which something else was received than any producer said of it: another customer, another name,
// or another second. Of what is not a track, customer and mark are how it is recognized, so only its second is left.

import type { CalledEvent, MadeCall } from './called-events.ts'
import type { Finding } from './finding.ts'
import type { ReceivedOperation } from './records.ts'
import type { Received, Traffic } from './traffic.ts'

type Altered = Extract<Finding, { kind: 'altered' }>
type Agrees = (operation: ReceivedOperation, call: MadeCall) => boolean

/** In this order, each among the calls that agree in what stands before. */
const FIELDS: readonly (readonly [Altered['field'], Agrees])[] = [
  ['customer', (operation, call) => operation.customerId === call.customerId],
  ['name', ({ action, name }, call) => action !== 'event' || name === call.name],
  ['timestamp', agreesInTime],
]

export function findAltered({ received }: Traffic): Finding[] {
  return received.flatMap((one) => {
    // What was refused may be anything, and had no effect. What nobody called is unsent.
    if (one.effect === 'refused' || one.event === null) return []
    const field = alteredField(one.operation, one.event)
    return field === null ? [] : [altered(one, one.event, field)]
  })
}

function alteredField(
  operation: ReceivedOperation,
  { calls }: CalledEvent,
): Altered['field'] | null {
  let left: readonly MadeCall[] = calls
  if (left.length === 0) return null // Each call was refused.
  for (const [field, agrees] of FIELDS) {
    left = left.filter((call) => agrees(operation, call))
    if (left.length === 0) return field
  }
  return null
}

/** A time in the producer's future becomes the time of its call. Devices and profile operations are sent without one. */
function agreesInTime(
  { action, timestamp }: ReceivedOperation,
  { calledAt, occurredAt }: MadeCall,
): boolean {
  if (timestamp === null) return action !== 'event' && action !== 'identify'
  return secondOf(Math.min(calledAt, occurredAt)) <= timestamp && timestamp <= secondOf(occurredAt)
}

function secondOf(timeMs: number): number {
  return Math.floor(timeMs / 1000)
}

function altered(
  { operation, request }: Received,
  { id }: CalledEvent,
  field: Altered['field'],
): Altered {
  const { customerId, at } = operation
  return { kind: 'altered', field, id, customerId, request: request.number, at }
}
