// The relay command on a real Redis: what it prints, for people and for programs, and how it ends. The process around it
// is tested in process.e2e.test.ts.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort, startTestRedis } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { sectionOf, shapeOf } from './cli-doc.ts'
import { runRelay } from './run-relay.ts'
import type { Ended } from './run-relay.ts'
import { TestWorker } from './stored-events.ts'

let redis: TestRedis
let folder: string
let count = 0
const workers: TestWorker[] = []

beforeAll(async () => {
  redis = await startTestRedis()
  folder = mkdtempSync(join(tmpdir(), 'relay-cli-'))
})
afterEach(() => {
  for (const worker of workers.splice(0)) worker.stop()
})
afterAll(async () => {
  await redis.stop()
  rmSync(folder, { recursive: true })
})

interface Setup {
  env: { readonly REDIS_URL: string; readonly RELAY_NAMESPACE: string }
  run: (words: string, stdin?: string) => Promise<Ended>
  worker: () => Promise<TestWorker>
}

function setup(): Setup {
  count += 1
  const env = { REDIS_URL: redis.url, RELAY_NAMESPACE: `cli-${count}` }
  const worker = async (): Promise<TestWorker> => {
    const started = await TestWorker.start(env.REDIS_URL, env.RELAY_NAMESPACE)
    workers.push(started)
    return started
  }
  const run: Setup['run'] = async (words, stdin = '') => runRelay(words.split(' '), { env, stdin })
  return { env, run, worker }
}

const json = ({ stdout }: Ended): Record<string, unknown> =>
  JSON.parse(stdout) as Record<string, unknown>

function identify(customerId: string, n: number, options: object = {}): string {
  return JSON.stringify({ op: 'identify', customerId, attributes: { total_orders: n }, ...options })
}

/** One letter in the store. Returns its id. */
async function dieOnce({ run, worker }: Setup, options: object = {}): Promise<string> {
  await run('send', identify('cus_1', 1, options))
  const jobs = await (await worker()).work(() => ({ dead: 'is not an e-mail address' }))
  return jobs.at(0)?.events.at(0)?.id ?? ''
}

test('what was sent is in the status, as text and as JSON', async () => {
  const { run } = setup()
  const sent = await run('send', `${identify('cus_1', 1)}\n${identify('cus_2', 2)}\n`)
  expect(sent).toMatchObject({ code: 0, stderr: '' })
  expect(sent.stdout).toMatch(/^2 lines: 2 accepted, 0 rejected, in /)
  const seen = await run('status')
  expect(seen.code).toBe(0)
  expect(seen.stdout).toMatch(/total +0 of 16 owned .* 2 /)
  expect(seen.stdout).toContain('add up')
  expect(seen.stdout).not.toContain('\u001b')
  expect(json(await run('status --json'))).toMatchObject({
    totals: { pending: { events: 2, exact: true }, balance: { kind: 'balanced' } },
  })
})

test('what was sent says that the command has sent it, in which version', async () => {
  const { run, worker } = setup()
  await run('send', identify('cus_1', 1))
  const [job] = await (await worker()).work(() => 'delivered')
  expect(job?.producer).toMatch(/^relay-cli@\d+\.\d+\.\d+$/)
})

test('the examples of docs/cli.md can be sent', async () => {
  const { run } = setup()
  const [lines] = sectionOf('relay send').examples
  const input = (lines as unknown[]).map((line) => JSON.stringify(line))
  expect(await run('send -', input.join('\n'))).toMatchObject({ code: 0, stderr: '' })
  expect(input.length).toBeGreaterThan(5)
})

/** A plan outside the repository finds it by its path. */
const ZOD = '../../../node_modules/zod/index.js'

test('send checks by the plan of --plan', async () => {
  const { run } = setup()
  const plan = join(folder, 'plan.mjs')
  writeFileSync(
    plan,
    `import * as z from ${JSON.stringify(new URL(ZOD, import.meta.url).href)}
     const schema = z.strictObject({ score: z.literal(3) })
     const quiz = { name: 'quiz_taken', description: 'A quiz.', version: 1, schema }
     const attributes = { description: 'None.', schema: z.strictObject({}) }
     export default { events: { quiz_taken: quiz }, attributes, unknownEvents: 'strict' }`,
  )
  const quiz = (score: number): string =>
    JSON.stringify({ op: 'track', customerId: 'cus_1', name: 'quiz_taken', data: { score } })
  const own = await run(`send --json --plan ${plan}`, `${quiz(3)}\n${quiz(4)}\n`)
  expect(json(own)).toMatchObject({ accepted: 1, rejected: 1 })
  expect(json(await run('send --json', quiz(3)))).toMatchObject({ accepted: 0, rejected: 1 })
})

test('bad lines are reported with their numbers, kept in the file, and do not stop the good ones', async () => {
  const { run } = setup()
  const rejects = join(folder, 'rejects.ndjson')
  const lines = ['{"op":"track","customerId":"cus_1","name":"order_plced","data":{}}', '', 'x{']
  const input = join(folder, 'events.ndjson')
  writeFileSync(input, [identify('cus_1', 1), ...lines, identify('a@b.example', 1)].join('\n'))
  const sent = await run(`send ${input} --rejects ${rejects} --json`)
  expect(sent.code).toBe(1)
  expect(json(sent)).toMatchObject({
    end: 'complete',
    lines: 4,
    accepted: 1,
    rejected: 3,
    lastLine: 5,
  })
  const kept = readFileSync(rejects, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(new Set(kept)).toEqual(
    new Set([
      expect.objectContaining({ line: 2, code: 'RELAY_EVENT_UNKNOWN_NAME', text: lines[0] }),
      expect.objectContaining({ line: 4, code: 'RELAY_EVENT_INVALID', text: 'x{' }),
      expect.objectContaining({ line: 5, code: 'RELAY_EVENT_CUSTOMER_ID' }),
    ]),
  )
  for (const number of [2, 4, 5]) expect(sent.stderr).toMatch(new RegExp(`^line ${number}: `, 'm'))
  const [, example] = sectionOf('relay send').examples.slice(1)
  expect(shapeOf(kept.at(0))).toEqual(shapeOf(example))
})

test('of many bad lines the first twenty are shown', async () => {
  const { run } = setup()
  const sent = await run('send', 'x\n'.repeat(50))
  expect(sent.stderr.split('\n').filter((line) => line.startsWith('line '))).toHaveLength(20)
  expect(sent.stderr).toContain('--rejects FILE')
  expect(sent.stdout).toMatch(/50 rejected/)
})

test('the events of a customer are stored in the order of their lines', async () => {
  const bundle = setup()
  const lines = Array.from({ length: 1000 }, (_, n) => identify(`cus_${n % 20}`, n))
  expect(await bundle.run('send --json', lines.join('\n'))).toMatchObject({ code: 0 })
  const jobs = await (await bundle.worker()).work(() => 'delivered')
  const events = jobs.flatMap((job) => job.events)
  expect(events).toHaveLength(1000)
  for (let customer = 0; customer < 20; customer += 1) {
    const orders = events.flatMap((event) => {
      const isTheirs = event.op === 'identify' && event.customerId === `cus_${customer}`
      return isTheirs ? [event.attributes['total_orders'] as number] : []
    })
    expect(orders).toEqual(orders.toSorted((one, other) => one - other))
  }
})

test('a dead letter is listed, shown, sent again and resolved, and the counts add up', async () => {
  const bundle = setup()
  const { run } = bundle
  const id = await dieOnce(bundle)

  const list = await run('dead list')
  expect(list).toMatchObject({ code: 0, stderr: '' })
  expect(list.stdout).toMatch(new RegExp(`^${id} .* rejected .* 400 .* identify .* cus_1 `, 'm'))
  const shown = await run(`dead show ${id}`)
  expect(shown.stdout).toMatch(/reason +rejected \(HTTP 400\)/)
  expect(shown.stdout).toContain('"total_orders": 1')

  const replayed = await run(`dead replay ${id} --json`)
  expect(replayed.code).toBe(0)
  expect(json(replayed)).toMatchObject({ kind: 'replayed', id, warnings: [] })
  const again = await run(`dead replay ${id} --json`)
  expect(again.code).toBe(1)
  expect(json(again)).toMatchObject({ kind: 'refused', reason: 'under_way' })

  const jobs = await (await bundle.worker()).work(() => 'delivered')
  expect(jobs.map(({ name, events }) => [name, events.at(0)?.id])).toEqual([['replay-1', id]])
  expect((await run('dead list')).stdout).toBe('no dead letters\n')
  expect((await run(`dead show ${id}`)).stdout).toMatch(/state +resolved: delivered/)
  const refused = await run(`dead replay ${id}`)
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('it is resolved')
  expect(json(await run('status --json'))).toMatchObject({
    totals: {
      counters: { accepted: 1, replayed: 1, delivered: 1, duplicate: 0, dead: 0 },
      balance: { kind: 'balanced' },
    },
  })
})

test('each JSON object has the shape that docs/cli.md shows', async () => {
  const bundle = setup()
  const id = await dieOnce(bundle, { occurredAt: Date.now() - 73 * 3_600_000 })
  await bundle.run('send', identify('cus_1', 2))
  const shown = async (words: string, title: string, example = 0): Promise<void> => {
    const object = json(await bundle.run(`${words} --json`))
    expect([title, shapeOf(object)]).toEqual([
      title,
      shapeOf(sectionOf(title).examples.at(example)),
    ])
  }
  await shown('dead list', 'relay dead list')
  await shown(`dead show ${id}`, 'relay dead show')
  await shown('dead show nobody', 'JSON')
  await shown('send', 'relay send', 1)
  await shown('help', 'relay help')
  await shown(`dead replay ${id}`, 'relay dead replay')
  await shown(`dead replay ${id}`, 'relay dead replay', 1)
})

test('the status has the shape that docs/cli.md shows', async () => {
  const bundle = setup()
  await bundle.run('send', identify('cus_1', 1))
  await (await bundle.worker()).work(() => 'delivered')
  await bundle.run('send', identify('cus_1', 2))
  const seen = await bundle.run('status --json')
  const example = sectionOf('relay status').examples.at(0)
  const withoutFindings = (value: unknown): Set<string> =>
    shapeOf({ ...(value as object), findings: 0, workers: 0, watches: 0 })
  const missing = (one: Set<string>, other: Set<string>): string[] =>
    [...one].filter((path) => !other.has(path))
  const [ours, theirs] = [withoutFindings(json(seen)), withoutFindings(example)]
  expect(missing(ours, theirs)).toEqual([])
  expect(missing(theirs, ours)).toEqual([])
})

test.each([
  ['frobnicate', /no verb "frobnicate"/],
  ['status --colour', /--colour/],
  ['dead show', /ID is missing/],
  ['dead list --limit 0', /--limit/],
  ['dead list --reason bored', /--reason/],
  ['send /no/such/file', /\/no\/such\/file cannot be read/],
  ['send /', /folder/],
  ['send --retry-for never', /--retry-for/],
])('relay %s ends with 2 and one line', async (words, message) => {
  const { code, stdout, stderr } = await setup().run(words)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
})

test('a file of rejects that is the input itself is refused, and the input stays', async () => {
  const input = join(folder, 'precious.ndjson')
  writeFileSync(input, identify('cus_1', 1))
  const sent = await setup().run(`send ${input} --rejects ${input}`)
  expect(sent).toMatchObject({ code: 2, stdout: '' })
  expect(readFileSync(input, 'utf8')).toBe(identify('cus_1', 1))
})

test('a namespace that nothing was sent to is an error, and looking does not found it', async () => {
  const { env } = setup()
  for (const words of ['status', 'dead list', 'dead show X', 'dead replay X', 'status']) {
    const { code, stderr } = await runRelay(words.split(' '), { env })
    expect(code).toBe(1)
    expect(stderr).toContain('Nothing was ever sent')
  }
})

test('a Redis that was named needs a namespace that was named', async () => {
  const { code, stderr } = await runRelay(['status'], { env: { REDIS_URL: redis.url } })
  expect(code).toBe(78)
  expect(stderr).toContain('RELAY_NAMESPACE')
  const named = await runRelay(['status', '--namespace', 'Not A Name'], {
    env: { REDIS_URL: redis.url },
  })
  expect(named.code).toBe(78)
})

test('a Redis that is away ends with 69, as a line and as an object', async () => {
  const REDIS_URL = `redis://127.0.0.1:${await freePort()}`
  const ended = await runRelay(['status', '--json'], {
    env: { REDIS_URL, RELAY_NAMESPACE: 'away' },
  })
  expect(ended.code).toBe(69)
  expect(ended.stderr).toMatch(/^relay: Redis cannot be reached: .*ECONNREFUSED/)
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(json(ended)).toMatchObject({ error: { kind: 'redis' } })
})

test('wrong credentials and a wrong address end with 78, and no password is shown', async () => {
  const wrong = [`${redis.url}?username=nobody&password=s3cret`, 'postgres://nobody:s3cret@host/db']
  for (const REDIS_URL of wrong) {
    const ended = await runRelay(['status'], { env: { REDIS_URL, RELAY_NAMESPACE: 'wrong' } })
    expect(ended.code).toBe(78)
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(ended.stderr).not.toContain('s3cret')
  }
})
