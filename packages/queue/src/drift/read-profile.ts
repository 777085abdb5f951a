// A stored profile as the comparison reads it: the fields of its hash and of its two windows, put together by path.

import type { JsonType, SeenAt, SeenField, SeenProfile } from '@retention-relay/events'

type Hash = Readonly<Record<string, string>>

const TYPES: Readonly<Record<string, JsonType>> = {
  s: 'string',
  n: 'number',
  b: 'boolean',
  o: 'object',
  a: 'array',
  z: 'null',
}

/** Null when the hash has expired. `member`: as in the index, `<producer> <name>`. */
export function readSeenProfile(
  member: string,
  hash: Hash,
  windows: readonly Hash[],
): SeenProfile | null {
  const number = (field: string): number => Number(hash[field] ?? 0)
  if (hash['seen'] === undefined) return null
  const paths = Object.keys(hash).flatMap((field) => /^l:(.*)$/s.exec(field)?.[1] ?? [])
  const fields = paths.map((path) => readField(path, hash, windows))
  // A newer worker may keep types that are not known here.
  const known = fields.filter(({ types }) => Object.keys(types).length > 0)
  const cut = member.indexOf(' ')
  return {
    producer: member.slice(0, cut),
    name: member.slice(cut + 1),
    events: number('events'),
    seen: number('seen'),
    firstAt: number('first'),
    lastAt: number('last'),
    recentAt: number('recentAt'),
    over: number('over'),
    fields: new Map(known.map((field) => [field.path, field])),
  }
}

function readField(path: string, hash: Hash, windows: readonly Hash[]): SeenField {
  const recent = (kind: string): number =>
    windows.reduce((sum, window) => sum + Number(window[`${kind}:${path}`] ?? 0), 0)
  const types = Object.entries(TYPES).flatMap(([letter, type]) => {
    const count = hash[`n:${letter}:${path}`]
    if (count === undefined) return []
    return [[type, { count: Number(count), first: momentOf(hash[`f:${letter}:${path}`]) }] as const]
  })
  return {
    path,
    types: Object.fromEntries(types),
    empty: Number(hash[`e:${path}`] ?? 0),
    last: momentOf(hash[`l:${path}`]),
    recent: { values: recent('n'), empty: recent('e') },
  }
}

function momentOf(text = '0:0'): SeenAt {
  const [at, after] = text.split(':')
  return { at: Number(at), after: Number(after) }
}
