// A valid value with one fault in it, chosen by chance among all that its schema allows to plant: a field left out or one
// too many, a wrong type, a bound overstepped, a text beside its pattern. The value it is made of stays as it is.

import type { JsonSchema } from '@retention-relay/events'

import type { Random } from './random.ts'
import { anyText, textNear } from './valid-value.ts'

/** A value that its schema must refuse. */
export interface SpoiltValue {
  /** Where and what, for the message of a test: `.items[0].quantity below its minimum`. */
  readonly fault: string
  readonly value: unknown
}

/** One way to spoil a value; nothing is made before it is chosen. */
type Spoiler = (random: Random) => SpoiltValue

const TYPED: readonly (readonly [type: string, value: unknown])[] = [
  ['string', '19.90'],
  ['number', 19.9],
  ['boolean', true],
  ['null', null],
  ['array', []],
  ['object', {}],
]

/** Foreign fields: a typing error, and names that every object has by birth. */
const FOREIGN = ['colour', 'cartTotal', 'toString', 'constructor', '__proto__']
const TRIES = 200

/** Spoils a valid value in one place. */
export function spoiltValue(schema: JsonSchema, value: unknown, random: Random): SpoiltValue {
  return random.pick(spoilersOf(schema, value))(random)
}

function spoilersOf(schema: JsonSchema, value: unknown): Spoiler[] {
  const { anyOf, examples = [] } = schema
  if (anyOf === undefined) return [...typeSpoilers([schema]), ...insideSpoilers(schema, value)]
  const branch = anyOf.find(({ type }) => (type === 'null') === (value === null))
  const below = branch === undefined ? [] : insideSpoilers({ examples, ...branch }, value)
  return [...typeSpoilers(anyOf), ...below]
}

function typeSpoilers(branches: readonly JsonSchema[]): Spoiler[] {
  const allowed = branches.map(({ type }) => (type === 'integer' ? 'number' : type))
  const others = TYPED.filter(([type]) => !allowed.includes(type))
  return others.map(([type, value]) => () => ({ fault: ` is of the type ${type}`, value }))
}

function insideSpoilers(schema: JsonSchema, value: unknown): Spoiler[] {
  if (schema.enum !== undefined)
    return [() => ({ fault: ' not in its list', value: `${String(value)}_` })]
  if (Array.isArray(value)) return arraySpoilers(schema, value)
  if (typeof value === 'object' && value !== null) {
    return objectSpoilers(schema, value as Record<string, unknown>)
  }
  if (typeof value === 'number') return numberSpoilers(schema)
  return typeof value === 'string' ? textSpoilers(schema, value) : []
}

function objectSpoilers(schema: JsonSchema, value: Readonly<Record<string, unknown>>): Spoiler[] {
  const { properties = {}, required = [], dependentRequired = {} } = schema
  const needed = Object.keys(value).flatMap((name) => dependentRequired[name] ?? [])
  const left = [...required, ...needed].map((name): Spoiler => () => {
    const { [name]: _left, ...rest } = value
    return { fault: `.${name} left out`, value: rest }
  })
  const foreign: Spoiler = (random) => {
    return { fault: ' with a foreign field', value: { ...value, [random.pick(FOREIGN)]: 'red' } }
  }
  const below = Object.keys(value).flatMap((name) => {
    return under(spoilersOf(properties[name] ?? {}, value[name]), `.${name}`, (spoilt) => {
      return { ...value, [name]: spoilt }
    })
  })
  return [...left, ...(schema.additionalProperties === false ? [foreign] : []), ...below]
}

function arraySpoilers({ items = {}, minItems }: JsonSchema, value: readonly unknown[]): Spoiler[] {
  const empty = typeof minItems === 'number' && minItems > 0
  const below = value.flatMap((item, at) => {
    return under(spoilersOf(items, item), `[${at}]`, (spoilt) => value.with(at, spoilt))
  })
  return [...(empty ? [() => ({ fault: ' empty', value: [] })] : []), ...below]
}

function numberSpoilers({ type, minimum, maximum }: JsonSchema): Spoiler[] {
  const spoilers: Spoiler[] = []
  if (typeof minimum === 'number') {
    spoilers.push(() => ({ fault: ' below its minimum', value: minimum - 1 }))
  }
  if (typeof maximum === 'number') {
    spoilers.push(() => ({ fault: ' above its maximum', value: maximum + 1 }))
  }
  if (type === 'integer') spoilers.push(() => ({ fault: ' not whole', value: 1.5 }))
  return spoilers
}

function textSpoilers(schema: JsonSchema, value: string): Spoiler[] {
  const { minLength, maxLength, pattern } = schema
  const spoilers: Spoiler[] = []
  if (typeof minLength === 'number' && minLength > 0) {
    spoilers.push((random) => ({ fault: ' too short', value: anyText(minLength - 1, random) }))
  }
  if (typeof maxLength === 'number') {
    spoilers.push((random) => ({ fault: ' too long', value: anyText(maxLength + 1, random) }))
  }
  if (typeof pattern === 'string') {
    spoilers.push((random) => {
      return { fault: ' beside its pattern', value: textBeside(schema, value, random) }
    })
  }
  return spoilers
}

function textBeside(schema: JsonSchema, value: string, random: Random): string {
  const pattern = new RegExp(String(schema['pattern']), 'u')
  for (let tried = 0; tried < TRIES; tried += 1) {
    const text = random.pick([`${value}\n`, ` ${value}`, '', textNear(schema, random)])
    if (!pattern.test(text)) return text
  }
  throw new Error(`nothing was found beside the pattern ${String(pattern)}`)
}

function under(
  spoilers: readonly Spoiler[],
  place: string,
  put: (spoilt: unknown) => unknown,
): Spoiler[] {
  return spoilers.map((spoil) => (random) => {
    const { fault, value } = spoil(random)
    return { fault: place + fault, value: put(value) }
  })
}
