// What a schema demands of one value beside its type: bounds, lists of values, patterns. Compared keyword by keyword: a
// demand that is new or narrower is tightened, one that is gone or wider is loosened. Of two patterns nobody can tell which
// is wider, so another one counts as tightened.

import type { JsonSchema } from '@retention-relay/events'

import { breaking, harmless } from './plan-change.ts'
import type { FieldChange } from './plan-change.ts'

const LEAST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']
const MOST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']
/** Cannot be ordered. */
const OTHER = ['pattern', 'format', 'multipleOf', 'uniqueItems', 'propertyNames', 'contains']

/** How the demands on a value changed. */
export function diffLimits(before: JsonSchema, now: JsonSchema, path: string): FieldChange[] {
  return [
    ...diffValues(before, now, path),
    ...[...LEAST, ...MOST].flatMap((keyword) => diffBound(before, now, { keyword, path })),
    ...OTHER.flatMap((keyword) => diffOther(before, now, { keyword, path })),
  ]
}

function diffValues(before: JsonSchema, now: JsonSchema, path: string): FieldChange[] {
  const [old, fresh] = [valuesOf(before), valuesOf(now)]
  if (fresh === null) {
    return old === null ? [] : [harmless(path, 'loosened', 'any value is taken now')]
  }
  if (old === null) return [breaking(path, 'tightened', `only ${fresh.join(', ')} are taken now`)]
  const gone = old.filter((value) => !fresh.includes(value))
  const added = fresh.filter((value) => !old.includes(value))
  return [
    ...(gone.length === 0
      ? []
      : [breaking(path, 'tightened', `no longer takes ${gone.join(', ')}`)]),
    ...(added.length === 0 ? [] : [harmless(path, 'loosened', `takes ${added.join(', ')} too`)]),
  ]
}

/** As JSON; null where every value is taken. */
function valuesOf({ enum: values, const: value }: JsonSchema): string[] | null {
  if (values !== undefined) return values.map((one) => JSON.stringify(one))
  return value === undefined ? null : [JSON.stringify(value)]
}

interface Place {
  readonly keyword: string
  readonly path: string
}

function diffBound(before: JsonSchema, now: JsonSchema, { keyword, path }: Place): FieldChange[] {
  const side = LEAST.includes(keyword) ? 1 : -1
  const [old, fresh] = [before, now].map((schema) => {
    const bound = schema[keyword]
    return typeof bound === 'number' ? bound : -side * Number.POSITIVE_INFINITY
  }) as [number, number]
  if (old === fresh) return []
  const text = `${keyword} ${boundText(old)} became ${boundText(fresh)}`
  return [
    fresh * side > old * side
      ? breaking(path, 'tightened', text)
      : harmless(path, 'loosened', text),
  ]
}

function boundText(bound: number): string {
  return Number.isFinite(bound) ? String(bound) : '(none)'
}

function diffOther(before: JsonSchema, now: JsonSchema, { keyword, path }: Place): FieldChange[] {
  const [old, fresh] = [JSON.stringify(before[keyword]), JSON.stringify(now[keyword])]
  if (old === fresh) return []
  if (fresh === undefined) return [harmless(path, 'loosened', `${keyword} ${old} is gone`)]
  const text =
    old === undefined ? `${keyword} ${fresh} is new` : `${keyword} ${old} became ${fresh}`
  return [breaking(path, 'tightened', text)]
}
