// What the values of settings must be, with the words for a person who got one wrong.

import { RelayError } from '@retention-relay/events'
import { parseRedisAddress } from '@retention-relay/queue'
import * as z from 'zod'

/** A whole number within these bounds. */
export function whole(from: number, to: number): z.ZodCoercedNumber {
  const error = `must be a whole number from ${from} to ${to}`
  return z.coerce.number({ error }).int({ error }).min(from, { error }).max(to, { error })
}

/** What is wrong with an address of Redis, without its password; null when it can be used. */
export function redisAddressFault(address: string): string | null {
  try {
    parseRedisAddress(address)
    return null
  } catch (error) {
    if (!(error instanceof RelayError)) throw error
    return error.message.replace('The Redis address ', '')
  }
}

/** Credentials belong in settings of their own, and a path is all that can be put before the API's own. */
export function isPlainHttpAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === ''
}
