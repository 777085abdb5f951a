// The operation: an event in the words of Customer.io's Track API v2. It is encoded once, as text, and the
// batch is put together from such texts. Units change here: milliseconds inside, unix seconds at Customer.io.

import type { RelayEvent } from './event.ts'

/** The text of one Track API v2 operation. */
export function encodeOperation(event: RelayEvent): string {
  return JSON.stringify(toOperation(event))
}

function toOperation(event: RelayEvent): object {
  const timestamp = Math.floor(event.occurredAt / 1000)
  const person = { type: 'person', action: event.op, identifiers: { id: event.customerId } }
  switch (event.op) {
    case 'track':
      return {
        ...person,
        action: 'event',
        name: event.name,
        id: event.id,
        timestamp,
        attributes: event.data,
      }
    case 'identify':
      return { ...person, timestamp, attributes: event.attributes }
    case 'add_device':
    case 'delete_device':
      return { ...person, device: event.device }
    case 'merge':
      return {
        type: 'person',
        action: 'merge',
        primary: { id: event.primaryId },
        secondary: { id: event.customerId },
      }
    case 'delete':
    case 'suppress':
    case 'unsuppress':
      return person
  }
}
