// Ids by which somebody can be reached: an e-mail address or a phone number in the place of a customer id. A producer
// refuses them unless the shop has allowed them; where people look at events they are masked.

import * as crypto from 'node:crypto'

/** How the person could be reached. */
export type ContactKind = 'email' | 'phone'

/** What stands in place of a personal value. */
export const MASK = '***'

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** A leading plus or parenthesis, or groups of digits with spaces: no shop numbers its customers like that. */
const PHONE = /^(?=.*[+( ])[+(]?[0-9][0-9 ()./-]{5,}$/

/** Digits of the hash behind a masked id: some 16 million masks, of which each stands for many addresses. */
const TOLD_DIGITS = 6

/** What the id is; undefined for one that reaches nobody. */
export function contactKind(id: string): ContactKind | undefined {
  if (EMAIL.test(id)) return 'email'
  return PHONE.test(id) ? 'phone' : undefined
}

/** The id, or `***` and a short hash where it reaches somebody: one customer's events still stand together. */
export function maskContact(id: string): string {
  if (!id.includes('@') && contactKind(id) === undefined) return id
  return `${MASK}${crypto.hash('sha256', id, 'hex').slice(0, TOLD_DIGITS)}`
}
