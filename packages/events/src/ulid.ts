// Event ids. Customer.io drops a repeated event only when its id is a ULID, so every event has one.
// With an idempotency key the id is derived from it, so that whoever sends the same business event, whenever,
// sends the same id; without a key it is an ordinary monotonic ULID.

import { hash, randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const ULID_PATTERN = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

/**
 * Time part of derived ids: 2024-01-01T00:00:00Z in milliseconds. It is fixed, since two sources of one order
 * disagree about its time, and plausible, since a zero looks broken in Customer.io.
 */
export const DERIVED_ID_TIME_MS = 1_704_067_200_000

/** True for an upper-case ULID of 26 characters. */
export function isUlid(value: unknown): value is string {
  return typeof value === 'string' && ULID_PATTERN.test(value)
}

/**
 * The id of a business event: 80 bits of SHA-256 over `namespace \0 event name \0 key`. The namespace keeps
 * staging and production apart; the name keeps a `checkout_started` and an `order_placed` of one number apart,
 * since Customer.io deduplicates in the whole workspace.
 */
export function deriveId(namespace: string, eventName: string, key: string): string {
  // Through hex: the fastest way in Node, less than half the time of createHash.
  const hex = hash('sha256', `${namespace}\0${eventName}\0${key}`, 'hex')
  return encodeTime(DERIVED_ID_TIME_MS) + encodeRandomness(Buffer.from(hex.slice(0, 20), 'hex'))
}

/** What a ULID source needs from outside. */
export interface UlidSourceOptions {
  /** Wall clock in milliseconds. Default `Date.now`. */
  readonly now?: () => number
  /** Random bytes. Default `crypto.randomBytes`. */
  readonly random?: (bytes: number) => Uint8Array
}

/** Makes a source of monotonic ULIDs: each is greater than the one before, also when the clock steps back. */
export function createUlidSource(options: UlidSourceOptions = {}): () => string {
  const now = options.now ?? Date.now
  const random = options.random ?? randomBytes
  let lastMs = -1
  let last = new Uint8Array(10)
  let lastTime = ''
  return () => {
    const nowMs = now()
    if (nowMs > lastMs) {
      lastMs = nowMs
      lastTime = encodeTime(nowMs)
      last = Uint8Array.from(random(10))
    } else if (!increment(last)) {
      lastMs += 1
      lastTime = encodeTime(lastMs)
      last = Uint8Array.from(random(10))
    }
    return lastTime + encodeRandomness(last)
  }
}

/** Adds one in place; false when all bits were set. */
function increment(bytes: Uint8Array): boolean {
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    bytes[index] = (bytes[index]! + 1) & 0xff
    if (bytes[index] !== 0) return true
  }
  return false
}

function encodeTime(timeMs: number): string {
  let rest = timeMs
  let text = ''
  for (let index = 0; index < 10; index += 1) {
    text = ALPHABET[rest % 32]! + text
    rest = Math.floor(rest / 32)
  }
  return text
}

/** 80 bits as 16 characters of 5 bits. */
function encodeRandomness(bytes: Uint8Array): string {
  let text = ''
  let value = 0
  let bits = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET[(value >>> bits) & 31]!
    }
    value &= (1 << bits) - 1
  }
  return text
}
