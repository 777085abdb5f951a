// Setup: `npm start -- --once` with thousands of events, delivering to a mock outside of it.
// Timeline: Ctrl-C (SIGINT to the whole process group) in the middle; the same data folder is started again.
// Proves: a clean end, nothing lost, nothing doubled, order kept within each journey of the shop.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Mock, ReceivedOperation } from '@retention-relay/mock-customerio'
import { startMock } from '@retention-relay/mock-customerio'
import type { TestProcess } from '@retention-relay/testkit'
import { startProcess } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

const RUN = fileURLToPath(new URL('../../../scripts/run.mjs', import.meta.url))

test('npm start interrupted by Ctrl-C and started again loses nothing and doubles nothing', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'relay-start-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const mock = await startMock({ latencyMs: 20, keepPayloads: 100_000 })
  onTestFinished(() => mock.close())

  const first = startOnce(dataDir, mock, 20_000)
  await mock.waitFor(({ applied }) => applied >= 500, { timeoutMs: 60_000 })
  first.signal('SIGINT')
  const [, accepted = ''] = await first.waitForLine(/^Interrupted: (\d+) accepted/)
  expect(await first.exited).toEqual({ code: 1, signal: null })

  const second = startOnce(dataDir, mock, 200)
  expect(await second.exited).toEqual({ code: 0, signal: null })

  // An order that is placed before its checkout has left makes that one senseless.
  const { letters } = await relay<{ letters: { reason: string }[] }>(dataDir, [
    'dead',
    'list',
    '--limit',
    '10000',
  ])
  expect(new Set(letters.map(({ reason }) => reason))).toEqual(new Set(['superseded']))
  const applied = Number(accepted) + 200 - letters.length
  expect(mock.summary()).toMatchObject({ received: applied, applied, duplicates: 0, overlaps: 0 })
  const { totals } = await relay<{ totals: { counters: object } }>(dataDir, ['status'])
  expect(totals.counters).toMatchObject({
    accepted: Number(accepted) + 200,
    delivered: applied,
    dead: letters.length,
  })
  expect(checkoutsAfterTheirOrder(mock.received({ attributes: true }))).toEqual([])
})

/** What a verb of the `relay` command prints about the Redis of the data folder. */
async function relay<Printed>(dataDir: string, words: readonly string[]): Promise<Printed> {
  const ended = startProcess({
    script: RUN,
    args: ['relay', ...words, '--json'],
    onEnd: onTestFinished,
    env: { REDIS_URL: undefined, RELAY_NAMESPACE: 'local-live', RELAY_DATA_DIR: dataDir },
  })
  await ended.exited
  return JSON.parse(ended.stdout.at(-1) ?? '') as Printed
}

function startOnce(dataDir: string, mock: Mock, events: number): TestProcess {
  return startProcess({
    script: RUN,
    args: ['start', '--once', '--events', String(events)],
    ownGroup: true,
    onEnd: onTestFinished,
    env: {
      REDIS_URL: undefined,
      RELAY_DATA_DIR: dataDir,
      RELAY_HTTP_PORT: '0',
      RELAY_RATE_LIMIT: '1000',
      CUSTOMERIO_SITE_ID: mock.settings.siteId,
      CUSTOMERIO_API_KEY: mock.settings.apiKey,
      CUSTOMERIO_TRACK_URL: mock.url,
    },
  })
}

/** Checkouts that arrived after the order that closes them. */
function checkoutsAfterTheirOrder(received: readonly ReceivedOperation[]): unknown[] {
  const orders = new Set<unknown>()
  return received.filter(({ name, attributes }) => {
    if (name === 'order_placed') orders.add(attributes?.['checkout_id'])
    return name === 'checkout_started' && orders.has(attributes?.['checkout_id'])
  })
}
