// `npm start -- --once` as a producer: by which plan it sends, and as whom. The mock is outside of it.

import { fileURLToPath } from 'node:url'

import { startMock } from '@retention-relay/mock-customerio'
import type { Mock } from '@retention-relay/mock-customerio'
import { startProcess, startTestRedis, until } from '@retention-relay/testkit'
import type { TestProcess } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const PLAN = fileURLToPath(new URL('shop-plan.mjs', import.meta.url))
const NAMESPACE = 'own-plan'

/** An event that only the shop's own plan knows. */
const NUMBERED = { op: 'track', customerId: 'cus_1', name: 'numbered', data: { relay_seq: 1 } }

const FROM_INPUT = ['--file', '-']

interface Setup {
  readonly mock: Mock
  readonly client: Redis
  /** Starts it with this setting of RELAY_TRACKING_PLAN; the event is on its standard input. */
  readonly start: (plan: string, options?: readonly string[]) => TestProcess
}

async function setup(): Promise<Setup> {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = new Redis(redis.socketPath)
  onTestFinished(() => client.disconnect())
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const start: Setup['start'] = (plan, options = FROM_INPUT) => {
    const started = startProcess({
      script: MAIN,
      args: ['--once', '--json', ...options],
      onEnd: onTestFinished,
      env: {
        REDIS_URL: redis.url,
        RELAY_DATA_DIR: redis.folder,
        RELAY_NAMESPACE: NAMESPACE,
        RELAY_TRACKING_PLAN: plan,
        RELAY_HTTP_PORT: '0',
        CUSTOMERIO_SITE_ID: mock.settings.siteId,
        CUSTOMERIO_API_KEY: mock.settings.apiKey,
        CUSTOMERIO_TRACK_URL: mock.url,
      },
    })
    started.stdin.end(`${JSON.stringify(NUMBERED)}\n`)
    return started
  }
  return { mock, client, start }
}

test('npm start sends by the plan of RELAY_TRACKING_PLAN, as its worker delivers by it', async () => {
  const { mock, start } = await setup()
  const own = start(PLAN)
  expect(await own.exited).toEqual({ code: 0, signal: null })
  expect(JSON.parse(own.stdout.at(-1)!)).toMatchObject({ accepted: 1, delivered: 1 })
  expect(mock.summary()).toMatchObject({ applied: 1 })

  const shipped = start('')
  expect(await shipped.exited).toEqual({ code: 1, signal: null })
  expect(JSON.parse(shipped.stdout.at(-1)!)).toMatchObject({ accepted: 0 })
  expect(shipped.stderr.join('\n')).toMatch(/numbered/)
})

test.each([
  ['sample-shop', ['--events', '5']],
  ['event-file', FROM_INPUT],
])('%s says in its jobs who it is, and in which version', async (service, options) => {
  const { mock, client, start } = await setup()
  mock.fault({ kind: 'answer', status: 502 })
  const started = start(PLAN, options)
  // The jobs stay while the mock refuses them.
  const job = await until(async () => await anyJob(client))
  expect(job?.producer?.split('@')).toEqual([service, expect.stringMatching(/^\d+\.\d+\.\d+$/)])
  mock.clearFaults()
  expect(await started.exited).toEqual({ code: 0, signal: null })
})

/** Data of a job; undefined while there is none. */
async function anyJob(client: Redis): Promise<{ readonly producer?: string } | undefined> {
  for (const key of await client.keys(`*${NAMESPACE}*`)) {
    if ((await client.type(key)) !== 'hash') continue
    const data = await client.hget(key, 'data')
    if (data !== null) return JSON.parse(data) as { readonly producer?: string }
  }
  return undefined
}
