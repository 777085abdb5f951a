// The verbs of the tracking plan, which need no Redis: a service's CI runs them.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Checks } from '@retention-relay/events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { sectionOf, shapeOf } from './cli-doc.ts'
import { runRelay } from './run-relay.ts'
import type { Ended } from './run-relay.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-plan-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const inFolder = (name: string): string => join(folder, name)

async function relay(
  words: readonly string[],
  around: { env?: Record<string, string>; stdin?: string } = {},
): Promise<Ended> {
  return runRelay(words, { env: {}, ...around })
}

const json = ({ stdout }: Ended): unknown => JSON.parse(stdout)

/** A module of a plan that adds an event to the shipped one. `fields` is the source of its schema's fields. */
function writePlan(
  name: string,
  fields: string,
  {
    rest = '',
    retired = [],
    unknownEvents = 'strict',
  }: { rest?: string; retired?: readonly string[]; unknownEvents?: Checks } = {},
): string {
  const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
  const path = inFolder(name)
  writeFileSync(
    path,
    `import { defineEvent, defineTrackingPlan, retentionPlan } from ${JSON.stringify(source('../../../packages/producer/src/index.ts'))}
     import * as z from ${JSON.stringify(source('../../../node_modules/zod/index.js'))}
     export default defineTrackingPlan({ extends: retentionPlan, retired: ${JSON.stringify(retired)}, unknownEvents: '${unknownEvents}', events: [defineEvent({
       name: 'cart_left', description: 'A cart was left.', version: 1, critical: ['cart_id'],
       schema: z.strictObject({ cart_id: z.string(), ${fields} }), ${rest}
     })] })`,
  )
  return path
}

const item = { product_id: 'p-1', name: 'Serum', quantity: 1, unit_price: 39.5 }
const order = { order_id: 'o-1', items: [item], value: 39.5, currency: 'EUR' }
const sample = (name: string, data: object, rest: object = {}): string =>
  JSON.stringify({ op: 'track', customerId: 'cus_1', name, data, ...rest })

describe('relay plan check', () => {
  /** Three faults: a quantity and a value as texts, and an event that nobody knows. */
  const planted = [
    sample('order_placed', order),
    sample('order_placed', { ...order, items: [item, { ...item, quantity: '2' }] }),
    '',
    JSON.stringify({ op: 'identify', customerId: 'cus_1', attributes: { total_orders: 3 } }),
    sample('order_placed', { ...order, value: '19.90' }),
    sample('order_plced', order),
  ].join('\n')

  it('finds three planted faults, each with its line and its path, and exits with 1', async () => {
    const file = inFolder('samples.ndjson')
    writeFileSync(file, planted)
    const ended = await relay(['plan', 'check', file])
    expect(ended).toMatchObject({ code: 1, stderr: '' })
    expect(ended.stdout.split('\n')).toEqual([
      'line 2: order_placed: data.items[1].quantity: expected number (it is a string)',
      'line 5: order_placed: data.value: expected number (it is a string)',
      expect.stringMatching(/^line 6: order_plced: name: .*"order_plced"/),
      '5 lines: 2 match the plan, 3 faults',
      '',
    ])
    expect(ended.stdout).not.toContain('19.90')
  })

  it('reads standard input, and says the same as JSON', async () => {
    const ended = await relay(['plan', 'check', '-', '--json'], { stdin: planted })
    expect(ended.code).toBe(1)
    expect(json(ended)).toMatchObject({
      lines: 5,
      valid: 2,
      faults: [
        { line: 2, event: 'order_placed', path: 'data.items[1].quantity' },
        { line: 5, event: 'order_placed', path: 'data.value', code: 'RELAY_EVENT_INVALID' },
        { line: 6, event: 'order_plced', path: 'name', code: 'RELAY_EVENT_UNKNOWN_NAME' },
      ],
    })
  })

  it('exits with 0 when nothing is wrong', async () => {
    const ended = await relay(['plan', 'check', '-'], { stdin: sample('order_placed', order) })
    expect(ended).toMatchObject({ code: 0, stdout: '1 line: 1 match the plan, 0 faults\n' })
  })

  it('takes the kinds of customer ids that the shop allows, and no others', async () => {
    const lines = ['a@shop.example', '+49 30 123456'].map((customerId) =>
      sample('order_placed', order, { customerId }),
    )
    const check = async (...words: string[]): Promise<Ended> =>
      await relay(['plan', 'check', '-', ...words], { stdin: lines.join('\n') })
    expect((await check()).stdout).toContain('2 lines: 0 match the plan')
    const mail = await check('--allow-customer-ids', 'email')
    expect(mail).toMatchObject({ code: 1 })
    expect(mail.stdout).toMatch(/^line 2: order_placed: customerId: .*phone number/)
    expect(await check('--allow-customer-ids', 'email,phone')).toMatchObject({ code: 0 })
    const wrong = await check('--allow-customer-ids', 'email,fax')
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(wrong.stderr).toContain('--allow-customer-ids takes email, phone, or email,phone.')
  })

  it.each([
    ['x{', null, null],
    ['{"op":"upsert"}', 'upsert', null],
    [sample('order_placed', order, { customerId: 'a@shop.example' }), 'order_placed', 'customerId'],
    [sample('order_placed', order, { id: 'o-1' }), 'order_placed', 'id'],
    [sample('order_placed', order, { occurredAt: 'now' }), null, 'occurredAt'],
    [sample('order_placed', order, { customerId: 'c'.repeat(200) }), 'order_placed', 'customerId'],
  ])('tells where the fault of %s is', async (line, event, path) => {
    const ended = await relay(['plan', 'check', '-', '--json'], { stdin: line })
    expect(json(ended)).toMatchObject({ faults: [{ line: 1, event, path }] })
  })

  it('refuses what the plan has retired, as services are, also where other unknown names pass', async () => {
    const settings = { retired: ['cart_abandoned'], unknownEvents: 'off' } as const
    const plan = writePlan('retiring.mjs', '', settings)
    const check = async (name: string): Promise<Ended> =>
      await relay(['plan', 'check', '-', '--plan', plan], { stdin: sample(name, {}) })
    expect(await check('of_another_plan')).toMatchObject({ code: 0 })
    const ended = await check('cart_abandoned')
    expect(ended.code).toBe(1)
    expect(ended.stdout).toMatch(/^line 1: cart_abandoned: name: The tracking plan has retired/)
  })

  it('takes the plan of --plan, and that of RELAY_TRACKING_PLAN', async () => {
    const plan = writePlan('plan.mjs', '')
    const stdin = sample('cart_left', { cart_id: 'c-1' })
    expect(await relay(['plan', 'check', '-'], { stdin })).toMatchObject({ code: 1 })
    expect(await relay(['plan', 'check', '-', '--plan', plan], { stdin })).toMatchObject({
      code: 0,
    })
    const env = { RELAY_TRACKING_PLAN: plan }
    expect(await relay(['plan', 'check', '-'], { stdin, env })).toMatchObject({ code: 0 })
  })

  it('finds a fault that the plan would let pass with a warning', async () => {
    const plan = writePlan('plan.mjs', '', { rest: `checks: 'warn'` })
    const stdin = sample('cart_left', { cart_id: 7 })
    const ended = await relay(['plan', 'check', '-', '--plan', plan], { stdin })
    expect(ended).toMatchObject({ code: 1 })
  })

  it.each([
    [['plan', 'check', 'missing.ndjson'], 2, 'missing.ndjson'],
    [['plan', 'check', '-', '--plan', 'missing.mjs'], 78, '--plan: missing.mjs'],
  ])('refuses %j by name', async (words, code, named) => {
    const ended = await relay(words)
    expect(ended.code).toBe(code)
    expect(ended.stderr).toContain(named)
  })
})

describe('relay plan diff', () => {
  it('names a renamed field so, and exits with 1', async () => {
    const before = writePlan('before.mjs', 'cart_value: z.number()')
    const now = writePlan('now.mjs', 'cartTotal: z.number()')
    await relay(['plan', 'export', '--plan', before, '--out', inFolder('before')])
    await relay(['plan', 'export', '--plan', now, '--out', inFolder('now')])
    const ended = await relay(['plan', 'diff', inFolder('before'), inFolder('now')])
    expect(ended).toMatchObject({ code: 1, stderr: '' })
    expect(ended.stdout).toContain('breaking  cart_left cart_value: renamed to cartTotal\n')
    expect(ended.stdout).toContain('remark    cart_left: its schema changed')
    expect(ended.stdout).toContain('1 breaking of 2 changes')
    expect(await relay(['plan', 'diff', before, inFolder('now/index.json')])).toEqual(ended)
  })

  it('exits with 0 for what breaks nothing', async () => {
    const before = writePlan('before.mjs', '')
    const now = writePlan('now.mjs', 'note: z.string().optional()')
    const ended = await relay(['plan', 'diff', before, now, '--json'])
    expect(ended.code).toBe(0)
    expect(json(ended)).toMatchObject({
      breaking: 0,
      changes: [{ kind: 'added' }, { kind: 'version' }],
    })
    expect(await relay(['plan', 'diff', before, before])).toMatchObject({
      code: 0,
      stdout: 'no differences\n',
    })
  })

  it('refuses what is no plan, by its path', async () => {
    const ended = await relay(['plan', 'diff', folder, folder])
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain(`${folder}/index.json cannot be read: there is none`)
  })
})

describe('relay plan export', () => {
  it('writes the schemas and the page', async () => {
    const out = inFolder('schemas')
    const page = inFolder('events.md')
    const ended = await relay(['plan', 'export', '--out', out, '--markdown', page])
    expect(ended).toMatchObject({ code: 0, stdout: `16 files in ${out}\nthe page is ${page}\n` })
    expect(existsSync(join(out, 'events/order_placed.json'))).toBe(true)
    expect(readFileSync(page, 'utf8')).toContain('## order_placed')
  })

  it('asks where to', async () => {
    expect(await relay(['plan', 'export'])).toMatchObject({ code: 2 })
  })

  it('says what cannot be written', async () => {
    writeFileSync(inFolder('file'), '')
    const ended = await relay(['plan', 'export', '--out', inFolder('file')])
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain('cannot be written')
  })
})

describe('relay plan list and show', () => {
  it('list every event and identify', async () => {
    const { code, stdout } = await relay(['plan', 'list'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^checkout_started +1 +16 +strict +yes +24 h +A customer entered/m)
    expect(stdout).toMatch(/^identify +1 /m)
  })

  it('show the fields with their marks, the key and the example', async () => {
    const { code, stdout } = await relay(['plan', 'show', 'checkout_started'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^stale +after 24 h: a dead letter$/m)
    expect(stdout).toMatch(/^superseded by +order_placed$/m)
    expect(stdout).toMatch(/^value +number +major units of the currency +required critical +39.8 /m)
    expect(stdout).toMatch(/^checkout_url .* critical personal /m)
    expect(stdout).toMatch(/^example key +co-7310$/m)
    expect(stdout).toContain('"checkout_id": "co-7310"')
  })

  it('tell of names that are retired', async () => {
    const plan = writePlan('retiring.mjs', '', { retired: ['cart_abandoned'] })
    const list = await relay(['plan', 'list', '--plan', plan])
    expect(list.stdout).toContain('\nretired: cart_abandoned\n')
    expect(json(await relay(['plan', 'list', '--plan', plan, '--json']))).toMatchObject({
      retired: ['cart_abandoned'],
    })
    const shown = await relay(['plan', 'show', 'cart_abandoned', '--plan', plan])
    expect(shown.code).toBe(1)
    expect(shown.stderr).toContain(
      'The plan has retired cart_abandoned: stored ones become dead letters',
    )
  })

  it('refuse a name that is not there, with the names that are', async () => {
    const ended = await relay(['plan', 'show', 'order_plced'])
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain('order_placed')
  })
})

describe('the JSON of docs/cli.md has the shape that is printed', () => {
  it.each([
    ['list', []],
    ['show', ['order_delivered']],
    ['export', ['--out', 'OUT']],
    ['check', ['-']],
    ['diff', ['BEFORE', 'NOW']],
  ])('by plan %s', async (verb, words) => {
    const places: Record<string, string> = {
      OUT: inFolder('out'),
      BEFORE: writePlan('before.mjs', 'cart_value: z.number()'),
      NOW: writePlan('now.mjs', 'cartTotal: z.number()'),
    }
    const given = words.map((word) => places[word] ?? word)
    const stdin = sample('order_placed', { ...order, value: 'x' })
    const ended = await relay(['plan', verb, ...given, '--json'], { stdin })
    const [example] = sectionOf(`relay plan ${verb}`).examples
    const shape = shapeOf(json(ended))
    const documented = shapeOf(example)
    expect([...documented].filter((path) => !shape.has(path))).toEqual([])
    // Of a list the shipped plan prints more kinds of entries than the example shows.
    const printed = verb === 'list' ? [] : [...shape]
    expect(printed.filter((path) => !documented.has(path))).toEqual([])
  })
})
