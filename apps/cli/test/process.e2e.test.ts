// The relay command as a process: pipes, signals, exit codes, the project's own Redis, and a Redis that dies under it.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { startTestRedis, until } from '@retention-relay/testkit'
import type { TestProcess, TestRedis } from '@retention-relay/testkit'
import { afterEach, expect, test } from 'vitest'

import { endOf, MAIN, startRelay } from './relay-process.ts'
import type { RelayEnv } from './relay-process.ts'
import { TestWorker } from './stored-events.ts'

const ends: (() => Promise<unknown>)[] = []
const onEnd = (end: () => Promise<unknown>): void => void ends.push(end)
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

function identify(customerId: string, n: number): string {
  return `${JSON.stringify({ op: 'identify', customerId, attributes: { total_orders: n } })}\n`
}

function startCommand(words: string, env: RelayEnv): TestProcess {
  const started = startRelay(words.split(' '), env)
  onEnd(async () => started.kill())
  return started
}

async function startRedis(): Promise<TestRedis> {
  return startTestRedis({ onEnd })
}

test('results go to standard output and faults to standard error, and the exit code tells', async () => {
  const env = { REDIS_URL: (await startRedis()).url, RELAY_NAMESPACE: 'pipes' }
  const sending = startCommand('send', env)
  sending.stdin.end(`${identify('cus_1', 1)}x{\n`)
  const sent = await endOf(sending)
  expect(sent.code).toBe(1)
  expect(sent.stdout).toMatch(/^2 lines: 1 accepted, 1 rejected, in .*$/)
  expect(sent.stderr).toMatch(/^line 2: RELAY_EVENT_INVALID: .*$/)
  const wrong = await endOf(startCommand('sned', env))
  expect(wrong).toMatchObject({ code: 2, stdout: '' })
  expect(wrong.stderr).not.toContain(' at ')
})

test('Ctrl-C ends a send with the counts of what was done, though more could come', async () => {
  const env = { REDIS_URL: (await startRedis()).url, RELAY_NAMESPACE: 'interrupted' }
  const sending = startCommand('send --json', env)
  sending.stdin.write(`x{\n${identify('cus_1', 1)}`)
  await sending.waitForLine(/^line 1: /)
  sending.signal('SIGINT')
  expect(await sending.exited).toEqual({ code: 130, signal: null })
  const result = JSON.parse(sending.stdout.join('')) as { accepted: number; rejected: number }
  expect(result).toMatchObject({ end: 'interrupted', lines: 2, lastLine: 2 })
  expect(result.accepted + result.rejected).toBe(2)
  expect(sending.stderr.join('\n')).toContain('Stopped after line 2')
})

// Setup: 1,500 events of 50 customers on a pipe. Timeline: 500 are stored; Redis is killed with SIGKILL; the others
// are written; Redis comes back on its data. What this proves: every line is accepted, none is lost, and the first
// appearances of each customer's events are in the order of the lines.
test('a send outlives a Redis that is killed and comes back, and keeps the order', async () => {
  const redis = await startRedis()
  const env = { REDIS_URL: redis.url, RELAY_NAMESPACE: 'killed' }
  const sending = startCommand('send --json', env)
  const write = (from: number, to: number): void => {
    for (let n = from; n < to; n += 1) sending.stdin.write(identify(`cus_${n % 50}`, n))
  }
  write(0, 500)
  await until(async () => pendingEvents(env), {
    accept: (events) => events === 500,
    timeoutMs: 60_000,
  })
  await redis.kill()
  write(500, 1500)
  sending.stdin.end()
  await redis.restart()
  const { code, stdout } = await endOf(sending)
  expect(JSON.parse(stdout)).toMatchObject({
    end: 'complete',
    lines: 1500,
    accepted: 1500,
    rejected: 0,
  })
  expect(code).toBe(0)

  const worker = await TestWorker.start(env.REDIS_URL, env.RELAY_NAMESPACE)
  onEnd(async () => worker.stop())
  const jobs = await worker.work(() => 'delivered')
  const seen = new Map<string, number[]>()
  const ids = new Set<string>()
  for (const event of jobs.flatMap(({ events }) => events)) {
    if (event.op !== 'identify' || ids.has(event.id)) continue
    ids.add(event.id)
    const orders = seen.get(event.customerId) ?? []
    seen.set(event.customerId, [...orders, event.attributes['total_orders'] as number])
  }
  expect(ids.size).toBe(1500)
  for (const orders of seen.values()) {
    expect(orders).toEqual(orders.toSorted((one, other) => one - other))
  }
})

async function pendingEvents(env: RelayEnv): Promise<number> {
  const { stdout } = await endOf(startCommand('status --json', env))
  const { totals } = JSON.parse(stdout) as { totals: { pending: { events: number } } }
  return totals.pending.events
}

test('without REDIS_URL the project’s own Redis is started for the command, and keeps what was sent', async () => {
  const RELAY_DATA_DIR = mkdtempSync(join(tmpdir(), 'relay-cli-'))
  onEnd(async () => rmSync(RELAY_DATA_DIR, { recursive: true }))
  const env = { RELAY_DATA_DIR }
  const sending = startCommand('send', env)
  sending.stdin.end(identify('cus_1', 1))
  const sent = await endOf(sending)
  expect(sent).toMatchObject({ code: 0 })
  expect(sent.stderr).toContain('started for this command')

  // The second one joins the first one's Redis, which then goes on for it.
  const first = startCommand('send', env)
  await first.waitForLine(/started for this command/)
  const second = startCommand('status --json', env)
  const seen = await endOf(second)
  expect(seen).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(seen.stdout)).toMatchObject({
    namespace: 'local',
    totals: { pending: { events: 1, exact: true } },
  })
  first.stdin.end()
  expect(await endOf(first)).toMatchObject({ code: 0 })
})

test('a reader that goes away before the end, as head does, ends the command quietly', async () => {
  const env = { REDIS_URL: (await startRedis()).url, RELAY_NAMESPACE: 'head' }
  const sending = startCommand('send', env)
  sending.stdin.end(identify('cus_1', 1))
  await sending.exited
  // `true` is gone long before the status is there.
  const pipe = `"${process.execPath}" "${MAIN}" status --json | true`
  const { stderr } = await promisify(execFile)('sh', ['-c', pipe], {
    env: { ...process.env, ...env },
  })
  expect(stderr).toBe('')
})
