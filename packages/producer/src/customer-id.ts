// The customer id is the durable primary identifier: it decides the partition, and a person keeps it for good. An
// e-mail address or a phone number changes and is shared, and the person's history would stay behind under the old one.
// White space around an id makes two people of one. All of them are refused, with the way out; the message names the
// kind and never shows the id.

import { contactKind, RelayError, typeName } from '@retention-relay/events'
import type { ContactKind } from '@retention-relay/events'

/** Kinds of id that a producer may accept by name. */
export type CustomerIdKind = ContactKind

const CONTACT_NAMES = {
  email: 'an e-mail address',
  phone: 'a phone number',
} as const satisfies Record<CustomerIdKind, string>

/**
 * Returns the id. `field` names it in the message.
 *
 * @throws RelayError `RELAY_EVENT_CUSTOMER_ID`.
 */
export function checkCustomerId(
  value: unknown,
  allowed: readonly CustomerIdKind[],
  field = 'customerId',
): string {
  if (typeof value !== 'string') {
    throw fault(field, `is ${typeName(value)}`, 'Give it as a string.')
  }
  if (value.trim() === '') throw fault(field, 'is empty', "Give the shop's own customer id.")
  if (value.trim() !== value) {
    throw fault(field, 'has white space around it', 'Trim it: it would count as another customer.')
  }
  const kind = contactKind(value)
  if (kind === undefined || allowed.includes(kind)) return value
  throw fault(field, `is ${CONTACT_NAMES[kind]}`, optOut(CONTACT_NAMES[kind], kind))
}

function optOut(kind: string, name: CustomerIdKind): string {
  return (
    `Send the shop's own customer id, and ${kind} as an attribute of identify. ` +
    `Where there is no other id, create the producer with allowCustomerIds: ['${name}'].`
  )
}

function fault(field: string, what: string, remedy: string): RelayError {
  return new RelayError('RELAY_EVENT_CUSTOMER_ID', `The ${field} ${what}. ${remedy}`, {
    details: { field },
  })
}
