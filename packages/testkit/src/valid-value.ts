// Values that a JSON Schema takes, drawn by chance from a seed: the payloads of property tests and of fuzz runs. Optional
// fields come and go; numbers and lengths like to sit on their bounds, where two judges of one schema part first; texts
// hold what text can hold. A text with a pattern is made from the example of its field.

import type { JsonSchema } from '@retention-relay/events'

import type { Random } from './random.ts'

const LETTERS = [
  'a',
  'Z',
  '7',
  ' ',
  '-',
  '_',
  "'",
  '"',
  '\\',
  '/',
  'ß',
  'é',
  '客',
  '😀',
  '\n',
  '\t',
]
const TRIES = 30

/** A value that the schema takes. Throws for a schema that it cannot read. */
export function validValue(schema: JsonSchema, random: Random): unknown {
  const { type, anyOf, examples = [] } = schema
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return random.pick(schema.enum)
  if (anyOf !== undefined) return validValue({ examples, ...random.pick(anyOf) }, random)
  switch (type) {
    case 'object':
      return validObject(schema, random)
    case 'array':
      return validArray(schema, random)
    case 'integer':
    case 'number':
      return validNumber(schema, random)
    case 'string':
      return validText(schema, random)
    case 'boolean':
      return random.chance(0.5)
    case 'null':
      return null
    case undefined:
    default:
      throw new Error(`no value can be made of the type ${JSON.stringify(type)}`)
  }
}

/** A text of so many characters (code points). */
export function anyText(length: number, random: Random): string {
  let text = ''
  for (let count = 0; count < length; count += 1) text += random.pick(LETTERS)
  return text
}

function validObject(schema: JsonSchema, random: Random): object {
  const { properties = {}, required = [], dependentRequired = {} } = schema
  const drawn = Object.keys(properties).filter((name) => {
    return required.includes(name) || random.chance(0.5)
  })
  const needed = drawn.flatMap((name) => dependentRequired[name] ?? [])
  const kept = Object.entries(properties).filter(([name]) => [...drawn, ...needed].includes(name))
  return Object.fromEntries(kept.map(([name, field]) => [name, validValue(field, random)]))
}

function validArray(schema: JsonSchema, random: Random): unknown[] {
  const { items = { type: 'null' } } = schema
  const least = boundOf(schema, 'minItems') ?? 0
  const length = random.whole(least, boundOf(schema, 'maxItems') ?? least + 3)
  return Array.from({ length }, () => validValue(items, random))
}

function validNumber(schema: JsonSchema, random: Random): number {
  const least = boundOf(schema, 'minimum') ?? -1_000_000
  const most = boundOf(schema, 'maximum') ?? 1_000_000_000
  const near = Math.min(most, least + 10_000)
  if (schema.type === 'integer') return random.pick([least, most, random.whole(least, near)])
  const amount = Math.round((least + random.next() * (near - least)) * 100) / 100
  return random.pick([least, most, amount, least + random.next() * (near - least)])
}

function validText(schema: JsonSchema, random: Random): string {
  const { pattern } = schema
  const least = boundOf(schema, 'minLength') ?? 0
  const most = boundOf(schema, 'maxLength') ?? least + 20
  if (typeof pattern !== 'string') {
    return anyText(random.pick([least, most, random.whole(least, most)]), random)
  }
  const fits = new RegExp(pattern, 'u')
  for (let tried = 0; tried < TRIES; tried += 1) {
    const text = textNear(schema, random)
    if (fits.test(text)) return text
  }
  return exampleOf(schema)
}

/** A text that may match the pattern, and may just not. */
export function textNear(schema: JsonSchema, random: Random): string {
  // Lengths that the pattern names are its bounds.
  const lengths = Array.from(String(schema['pattern']).matchAll(/\d+/g), ([digits]) =>
    Number(digits),
  )
  if (lengths.length > 0 && random.chance(0.3)) {
    return anyText(random.pick(lengths) + random.whole(-1, 1), random)
  }
  const letters = Array.from(exampleOf(schema))
  const edits = random.whole(1, 3)
  for (let edit = 0; edit < edits; edit += 1) {
    const at = random.whole(0, letters.length)
    letters.splice(
      at,
      random.whole(0, 1),
      ...(random.chance(0.7) ? [letterLike(letters[at], random)] : []),
    )
  }
  return letters.join('')
}

function letterLike(letter: string | undefined, random: Random): string {
  const code = random.whole(0, 25)
  if (letter !== undefined && /[a-z]/.test(letter)) return String.fromCodePoint(97 + code)
  if (letter !== undefined && /[A-Z]/.test(letter)) return String.fromCodePoint(65 + code)
  if (letter !== undefined && /\d/.test(letter)) return String(random.whole(0, 9))
  return random.pick(LETTERS)
}

function exampleOf({ examples = [], pattern }: JsonSchema): string {
  const found = examples.find((example) => typeof example === 'string')
  if (found === undefined)
    throw new Error(`a field with the pattern ${String(pattern)} needs an example`)
  return found
}

function boundOf(schema: JsonSchema, keyword: string): number | undefined {
  const value = schema[keyword]
  return typeof value === 'number' ? value : undefined
}
