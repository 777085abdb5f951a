// A shop's plan by the path of its module.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'

import { findDefinition, loadTrackingPlan, RelayError, retentionPlan } from '../src/index.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-plan-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What a module of a plan begins with. */
const IMPORTS = `
  import { defineEvent, defineTrackingPlan, retentionPlan } from ${JSON.stringify(source('../src/index.ts'))}
  import * as z from ${JSON.stringify(source('../../../node_modules/zod/index.js'))}
  const quiz = defineEvent({
    name: 'quiz', description: 'A quiz.', version: 1, schema: z.strictObject({ score: z.int() }),
  })
  const { attributes } = retentionPlan
  const plan = defineTrackingPlan({ extends: retentionPlan, events: [quiz] })`

const REMEDY = 'Export what defineTrackingPlan returns, as default or as trackingPlan.'

describe('the module of a plan', () => {
  it('may mark what stands in a list, a group, a choice or a record', async () => {
    const text = `export default { ...plan, events: { quiz: { ...quiz,
      schema: z.strictObject({
        tags: z.array(z.string()), stock: z.record(z.string(), z.strictObject({ n: z.int() })),
        gift: z.union([z.strictObject({ to: z.string() }), z.null()]),
      }),
      personal: ['tags[]', 'gift.to', 'stock.*.n'], critical: ['gift', 'stock.north'],
      upcasters: { 1: (data) => data }, version: 2, staleAfterMs: 1, onStale: 'dead-letter',
    } } }`
    const plan = await loadTrackingPlan(write('marks.mjs', `${IMPORTS}\n${text}`))
    expect(findDefinition(plan, 'quiz')?.version).toBe(2)
  })

  it('is not needed: the shipped plan counts then', async () => {
    expect(await loadTrackingPlan(undefined)).toBe(retentionPlan)
  })

  it.each([
    ['default', 'export default plan'],
    ['trackingPlan', 'export const trackingPlan = plan'],
  ])('may give it as %s', async (name, text) => {
    const plan = await loadTrackingPlan(write(`${name}.mjs`, `${IMPORTS}\n${text}`))
    expect(findDefinition(plan, 'quiz')?.name).toBe('quiz')
  })

  it('may bring its own copies of the package and of zod', async () => {
    const own = join(folder, 'own')
    cpSync(source('../src'), join(own, 'events'), { recursive: true })
    cpSync(source('../../../node_modules/zod'), join(own, 'node_modules/zod'), { recursive: true })
    const text = `export { retentionPlan as default } from './events/index.ts'`
    const plan = await loadTrackingPlan(write('own/plan.mjs', text))
    expect(plan).not.toBe(retentionPlan)
    expect(Object.keys(plan.events)).toEqual(Object.keys(retentionPlan.events))
    expect(plan.attributes.schema.constructor).not.toBe(z.ZodObject)
    expect(retentionPlan.attributes.schema.constructor).toBe(z.ZodObject)
  })

  it.each([
    ['is not there', undefined, /missing\.mjs cannot be loaded: .*missing\.mjs/],
    ['does not parse', 'export default {', /broken\.mjs cannot be loaded/],
    [
      'has another export',
      'export const plan = 1',
      /other\.mjs has no tracking plan.*defineTrackingPlan/,
    ],
  ])('that %s is refused, with its path and the reason', async (_what, text, message) => {
    const name = message.source.split('\\')[0]!
    const path = text === undefined ? join(folder, `${name}.mjs`) : write(`${name}.mjs`, text)
    const loading = loadTrackingPlan(path)
    await expect(loading).rejects.toMatchObject({ code: 'RELAY_CONFIG_INVALID' })
    await expect(loading).rejects.toThrow(message)
  })

  it.each([
    ['a number', '1', ['A plan is an object.']],
    [
      'what defineTrackingPlan takes',
      '{ attributes, events: [quiz] }',
      [
        'events must hold each definition under its name.',
        "unknownEvents must be 'strict', 'warn' or 'off'.",
      ],
    ],
    [
      'a plan without attributes',
      '{ ...plan, attributes: undefined }',
      ['The attributes must be what defineAttributes returns.'],
    ],
    [
      'definitions under other names',
      '{ ...plan, events: { quiz_taken: quiz, note: null } }',
      [
        'What stands under quiz_taken must have that name.',
        'note must be what defineEvent returns.',
      ],
    ],
    [
      'definitions that nobody checked',
      `{ ...plan, events: {
        quiz: { ...quiz, version: '1', checks: 'loose', identifyFirst: true },
        note: { name: 'note', version: 1, description: ' ', schema: { type: 'object', safeParse: () => null } },
        date: { name: 'date', description: 'A date.', version: 1, schema: z.strictObject({ at: z.date() }) },
      } }`,
      [
        'The version of quiz must be a whole number from 1.',
        "checks of quiz must be 'strict', 'warn' or 'off'.",
        "identifyFirst of quiz must be 'strict', 'warn' or 'off'.",
        'description of note must be a text: when a service sends it.',
        'The schema of note is no schema of zod 4: write one with z.strictObject.',
        expect.stringMatching(/^The schema of date cannot be told as JSON Schema/),
      ],
    ],
    [
      'settings that are misspelt',
      `{ ...plan,
        attributes: { ...attributes, personal: ['emial'], critical: 'email' },
        events: { identify: { ...quiz, name: 'identify' }, quiz: { ...quiz,
          version: 3,
          personal: ['scroe'],
          critical: ['score', 'score.points', 3],
          staleAfterMs: '1h',
          onStale: 'drop',
          supersedes: ['quiz', 'quizz'],
          upcasters: { 0: (data) => data, 1: (data) => data, 2: 'same', 3: (data) => data, a: (data) => data },
          idempotencyKey: { of: 'score', why: ' ' },
        } } }`,
      [
        'No event may be called identify, as an operation is: give it another name.',
        'personal of quiz has scroe, which its schema does not: correct one of them.',
        "critical of quiz must be a list of paths, as ['items[].note'].",
        'upcasters of quiz has 0: each stands under a version below that of quiz.',
        'upcasters of quiz must have a function under 2.',
        'upcasters of quiz has 3: each stands under a version below that of quiz.',
        'upcasters of quiz has a: each stands under a version below that of quiz.',
        'staleAfterMs of quiz must be milliseconds above 0, or left out.',
        "onStale of quiz must be 'send' or 'dead-letter'.",
        "quiz supersedes quiz, which must have staleAfterMs and onStale 'dead-letter'.",
        'quiz supersedes quizz, which the plan has not: correct it, or add it.',
        'idempotencyKey.of of quiz must be a function that takes the data.',
        'idempotencyKey.why of quiz must say why this is the key.',
        'personal of the attributes has emial, which its schema does not: correct one of them.',
        "critical of the attributes must be a list of paths, as ['items[].note'].",
      ],
    ],
    [
      'settings of no kind',
      `{ ...plan, events: { quiz: { ...quiz,
        personal: 'score', supersedes: 'quiz', upcasters: [], idempotencyKey: 'score', staleAfterMs: 0,
      } } }`,
      [
        "personal of quiz must be a list of paths, as ['items[].note'].",
        'upcasters of quiz must be functions by version.',
        'staleAfterMs of quiz must be milliseconds above 0, or left out.',
        "supersedes of quiz must be a list of events' names.",
        'idempotencyKey.of of quiz must be a function that takes the data.',
        'idempotencyKey.why of quiz must say why this is the key.',
      ],
    ],
    [
      'attributes whose schema is none',
      `{ ...plan, attributes: { version: 0, schema: { _zod: {}, safeParse() {} } } }`,
      [
        'description of the attributes must be a text: when a service sends it.',
        'The version of the attributes must be a whole number from 1.',
        expect.stringMatching(/^The schema of the attributes cannot be told as JSON Schema/),
      ],
    ],
  ])('that exports %s is refused with every fault and the remedy', async (what, text, faults) => {
    const path = write(`${what}.mjs`, `${IMPORTS}\nexport default ${text}`)
    const error = await loadTrackingPlan(path).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(RelayError)
    const { code, message, details } = error as RelayError
    expect([code, details]).toEqual(['RELAY_CONFIG_INVALID', { faults }])
    const told = (details['faults'] as string[]).join(' ')
    expect(message).toBe(`RELAY_TRACKING_PLAN: ${path} has no tracking plan. ${told} ${REMEDY}`)
  })
})
