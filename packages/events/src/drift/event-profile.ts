// Which fields the events of one name and producer had: how often, of which type, how often empty. Data enters, counts
// leave. It is bounded whatever the data is: fields beyond the bounds are counted and not kept. Counts of two profiles
// add up, so that each worker may keep its own.

import { ANY_KEY } from '../schema-fields.ts'

/** Types that a value of JSON can have. */
export const JSON_TYPES = ['string', 'number', 'boolean', 'object', 'array', 'null'] as const
/** One of them. */
export type JsonType = (typeof JSON_TYPES)[number]

/** Bounds of what is kept. */
export const DRIFT_LIMITS = {
  /** Pairs of an event name and a producer. */
  profiles: 200,
  /** Fields of a pair. */
  fields: 200,
  /** Characters of a field's path. */
  pathLength: 200,
  /** Characters of an event's name. */
  nameLength: 100,
  /** Levels of objects and arrays. */
  depth: 6,
  /** Items of an array that are looked at. */
  items: 5,
} as const

/** What was seen of one field. */
export interface FieldCounts {
  /** `value`, `address.country`, `items[].sku`. */
  readonly path: string
  /** Values by type, in the order of `JSON_TYPES`. */
  readonly types: readonly number[]
  /** Values that are null, '', [] or {}. */
  readonly empty: number
}

interface Field {
  readonly path: string
  readonly depth: number
  readonly types: number[]
  empty: number
  /** Fields of an object by name; an array's items under `[]`. */
  readonly inner: Map<string, Field>
}

/** A key of this kind is a value of the shop's, as in `{ "p-17": 2 }` by product: all of them are one field. */
export const VALUE_KEY = /@|^[0-9]+$|^[0-9a-f-]{16,}$/i

const ITEM = '[]'

/** What was seen of one event name and producer. */
export class EventProfile {
  readonly #root: Field = newField('', 0)
  /** In the order of their first appearance. */
  readonly #fields: Field[] = []
  #events = 0
  #over = 0

  /** Events that were looked at. */
  get events(): number {
    return this.#events
  }

  /** Values that were not kept, since a bound was reached. */
  get over(): number {
    return this.#over
  }

  /** Every field that is kept. */
  get fields(): readonly FieldCounts[] {
    return this.#fields
  }

  /** Adds the data of one event. */
  add(data: Readonly<Record<string, unknown>>): void {
    this.#events += 1
    this.#addObject(data, this.#root)
  }

  /** Adds what another one has counted. */
  merge(other: EventProfile): void {
    this.#events += other.#events
    this.#over += other.#over
    this.#mergeInner(other.#root, this.#root)
  }

  #addObject(data: object, into: Field): void {
    for (const key in data) {
      const field = into.inner.get(key) ?? this.#open(into, key)
      const value: unknown = (data as Record<string, unknown>)[key]
      if (field === undefined) this.#over += 1
      else this.#addValue(value, field)
    }
  }

  #addValue(value: unknown, field: Field): void {
    const type = typeIndex(value)
    field.types[type]! += 1
    if (value === null || value === '') field.empty += 1
    else if (type === OBJECT) {
      if (isEmptyObject(value as object)) field.empty += 1
      else if (field.depth < DRIFT_LIMITS.depth) this.#addObject(value as object, field)
      else this.#over += 1
    } else if (type === ARRAY) this.#addItems(value as readonly unknown[], field)
  }

  #addItems(items: readonly unknown[], field: Field): void {
    if (items.length === 0) {
      field.empty += 1
      return
    }
    const item = field.inner.get(ITEM) ?? this.#open(field, ITEM)
    if (item === undefined || field.depth >= DRIFT_LIMITS.depth) {
      this.#over += 1
      return
    }
    const count = Math.min(items.length, DRIFT_LIMITS.items)
    for (let at = 0; at < count; at += 1) this.#addValue(items[at], item)
  }

  #mergeInner(from: Field, into: Field): void {
    for (const [key, other] of from.inner) {
      const field = into.inner.get(key) ?? this.#open(into, key)
      if (field === undefined) {
        this.#over += other.types.reduce((sum, count) => sum + count, 0)
        continue
      }
      other.types.forEach((count, type) => (field.types[type]! += count))
      field.empty += other.empty
      this.#mergeInner(other, field)
    }
  }

  /** The field of a key that is not there yet; undefined beyond the bounds. */
  #open(parent: Field, key: string): Field | undefined {
    const name = VALUE_KEY.test(key) ? ANY_KEY : key
    const known = parent.inner.get(name)
    if (known !== undefined) return known
    const path = pathOf(parent.path, name)
    if (this.#fields.length >= DRIFT_LIMITS.fields || path.length > DRIFT_LIMITS.pathLength) {
      return undefined
    }
    const field = newField(path, parent.depth + 1)
    parent.inner.set(name, field)
    this.#fields.push(field)
    return field
  }
}

const [STRING, NUMBER, BOOLEAN, OBJECT, ARRAY, NULL] = [0, 1, 2, 3, 4, 5] as const

/** Place in `JSON_TYPES` of a value of JSON. */
function typeIndex(value: unknown): number {
  const type = typeof value
  if (type === 'string') return STRING
  if (type === 'number') return NUMBER
  if (type === 'boolean') return BOOLEAN
  if (value === null) return NULL
  return Array.isArray(value) ? ARRAY : OBJECT
}

function newField(path: string, depth: number): Field {
  return { path, depth, types: [0, 0, 0, 0, 0, 0], empty: 0, inner: new Map() }
}

function pathOf(parent: string, name: string): string {
  if (parent === '') return name
  return name === ITEM ? `${parent}${ITEM}` : `${parent}.${name}`
}

/** The field that a field belongs to: `items` of `items[]`; empty for a field of the event itself. */
export function parentPath(path: string): string {
  if (path.endsWith(ITEM)) return path.slice(0, -ITEM.length)
  return path.slice(0, Math.max(0, path.lastIndexOf('.')))
}

function isEmptyObject(value: object): boolean {
  for (const _ in value) return false
  return true
}
