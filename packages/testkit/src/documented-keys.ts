// docs/keys.md as patterns: which keys there may be, of which type, and how long each may stay. Tests and fault runs hold
// to it what is in Redis.

import { readFileSync } from 'node:fs'

import { keysDocument } from './repository.ts'

/** One row. */
export interface DocumentedKey {
  /** As written: `P:dedupe:<generation>:<bucket>`. */
  readonly name: string
  readonly type: string
  readonly expiry: string
  /** Longest expiry in seconds; null where the document names none. */
  readonly mostS: number | null
  /** Matches the keys of any namespace and partition. */
  readonly pattern: RegExp
}

const NAMESPACE = String.raw`\{relay:[a-z0-9-]+\}`
const TOMBSTONES = String.raw`\{relay:[a-z0-9-]+:t\d+\}`
const PARTITION = String.raw`\{relay:[a-z0-9-]+:g\d+:\d+\}`
const PARTS: Readonly<Record<string, string>> = {
  '<job>': String.raw`c-[0-9A-Z]{26}`,
  '<generation>': String.raw`\d+`,
  '<bucket>': String.raw`\d+`,
  '<mark>': '[0-9a-f]+',
  '<member>': String.raw`-?\d+`,
  '<profile>': '[0-9a-f]{16}',
  '<window>': '[01]',
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, days: 24 * 60 * 60 }

const TAGS: Readonly<Record<string, string>> = { N: NAMESPACE, T: TOMBSTONES, P: PARTITION }

/** Every row of the tables. */
export function documentedKeys(): DocumentedKey[] {
  const rows = readFileSync(keysDocument, 'utf8')
    .split('\n')
    .filter((line) => /^\| `[NTP]:/.test(line))
  return rows.map((row) => {
    const [name = '', type = '', , , expiry = ''] = row
      .split('|')
      .slice(1)
      .map((cell) => cell.trim().replaceAll('`', ''))
    return { name, type, expiry, mostS: secondsOf(expiry), pattern: patternOf(name) }
  })
}

function secondsOf(expiry: string): number | null {
  const [, count, unit = ''] = /(\d+) (s|days)/.exec(expiry) ?? []
  return count === undefined ? null : Number(count) * (SECONDS[unit] ?? 0)
}

function patternOf(name: string): RegExp {
  const tag = TAGS[name.charAt(0)]
  const rest = name.slice(1).replaceAll(/<\w+>/g, (part) => PARTS[part] ?? part)
  return new RegExp(`^${tag}${rest}$`)
}
