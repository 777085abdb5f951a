// What a schema does to the data beside judging it. The worker checks what is stored and sends that, not what the schema makes
// of it: under z.coerce.number() the text "19.90" would be valid and leave as a text. And under z.object the producer would
// drop a field that somebody renamed, and nobody would hear of it. So a schema of a plan changes nothing.

import * as z from 'zod'

import type { ObjectSchema } from './event-definition.ts'

const CONVERT = 'which changes the data: convert before the call, and describe what is sent'
const LEAVE_OUT =
  'which changes the data: leave it out, and write .optional() where the field may be missing'

/** What it does, and the remedy, by what it is. */
const REWRITES = {
  'z.coerce': CONVERT,
  '.default()': LEAVE_OUT,
  '.prefault()': LEAVE_OUT,
  '.catch()': 'which changes the data: leave it out, since what does not match is refused',
  'a transform, a codec or a pipe': CONVERT,
  'a check that rewrites, as .trim() does': CONVERT,
  'z.object':
    'which drops unknown fields silently: write z.strictObject, or z.looseObject where any further field may come',
} as const

type Rewrite = keyof typeof REWRITES

/** Half a sentence about what changes the data, at any depth, with the place and the remedy; null when nothing does. */
export function rewriteFault(schema: ObjectSchema): string | null {
  const faults: string[] = []
  z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema: { _zod: kept }, path }) => {
      const found = rewriteOf(kept.def)
      if (found === null) return
      faults.push(`has ${found} at #/${path.join('/')}, ${REWRITES[found]}.`)
    },
  })
  // The last is the outermost.
  return faults.at(-1) ?? null
}

/** What zod keeps of a schema, or of a check. */
interface Kept {
  readonly type?: string
  readonly coerce?: boolean
  /** What an object says of fields that it does not name. */
  readonly catchall?: unknown
  readonly check?: string
  readonly normalize?: boolean
  readonly checks?: readonly { readonly _zod: { readonly def: Kept } }[] | undefined
}

const BY_TYPE: Readonly<Record<string, Rewrite>> = {
  default: '.default()',
  prefault: '.prefault()',
  catch: '.catch()',
  pipe: 'a transform, a codec or a pipe',
  transform: 'a transform, a codec or a pipe',
}

function rewriteOf(kept: Kept): Rewrite | null {
  if (kept.coerce === true) return 'z.coerce'
  if (kept.type === 'object' && kept.catchall === undefined) return 'z.object'
  const checks = [kept, ...(kept.checks ?? []).map(({ _zod }) => _zod.def)]
  const isRewriting = checks.some(
    ({ check, normalize }) => check === 'overwrite' || normalize === true,
  )
  if (isRewriting) return 'a check that rewrites, as .trim() does'
  return BY_TYPE[kept.type ?? ''] ?? null
}
