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

  const events = Number(accepted) + 200
  expect(mock.summary()).toMatchObject({
    received: events,
    applied: events,
    duplicates: 0,
    overlaps: 0,
  })
  expect(ordersBeforeTheirCheckout(mock.received({ attributes: true }))).toEqual([])
})

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

/** Orders that arrived before the checkout that they close. */
function ordersBeforeTheirCheckout(received: readonly ReceivedOperation[]): unknown[] {
  const checkouts = new Set<unknown>()
  return received.filter(({ name, attributes }) => {
    if (name === 'checkout_started') checkouts.add(attributes?.['checkout_id'])
    return name === 'order_placed' && !checkouts.has(attributes?.['checkout_id'])
  })
}
