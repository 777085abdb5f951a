// Starts with a wrong configuration: the whole story at once in plain lines, exit code 78, and nothing of a stack trace
// or a secret.

import { createServer } from 'node:net'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { expect, onTestFinished, test } from 'vitest'

import { ObservedWorker } from './observed-worker.ts'
import type { Settings } from './observed-worker.ts'

const GOOD = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RELAY_NAMESPACE: 'test',
  RELAY_HTTP_PORT: '0',
  CUSTOMERIO_SITE_ID: 'site',
  CUSTOMERIO_API_KEY: 'key',
  CUSTOMERIO_TRACK_URL: 'http://127.0.0.1:1',
}

/** Runs to the end; the lines for a person. */
async function refuse(settings: Settings): Promise<readonly string[]> {
  const { process } = new ObservedWorker(settings)
  expect(await process.exited).toEqual({ code: 78, signal: null })
  expect(process.lines.join('\n')).not.toMatch(/^\s+at /m)
  return process.stderr
}

test('without any setting it names every one that is missing', async () => {
  const lines = await refuse({})
  expect(lines).toEqual([
    'The configuration has faults; docs/configuration.md lists every setting:',
    '  REDIS_URL is not set',
    '  RELAY_NAMESPACE is not set',
    '  CUSTOMERIO_SITE_ID is not set',
    '  CUSTOMERIO_API_KEY is not set',
  ])
})

test('every wrong setting is named at once, with what would be right', async () => {
  const lines = await refuse({
    REDIS_URL: 'http://user:hunter2@127.0.0.1',
    RELAY_NAMESPACE: 'My Shop',
    RELAY_PARTITIONS: 'many',
    RELAY_RATE_LIMIT: '0',
    RELAY_HTTP_PORT: '70000',
    RELAY_SHUTDOWN_MS: '10',
    RELAY_ALLOW_UNSAFE_REDIS: 'yes',
    CUSTOMERIO_SITE_ID: 'site',
    CUSTOMERIO_API_KEY: '',
    CUSTOMERIO_REGION: 'US',
    CUSTOMERIO_TRACK_URL: 'ftp://mirror',
    LOG_LEVEL: 'loud',
  })
  expect(lines.slice(1)).toEqual([
    expect.stringMatching(/^ {2}REDIS_URL cannot be used: the scheme http is not known/),
    '  RELAY_NAMESPACE must be 1 to 32 characters of a-z, 0-9 and "-"',
    '  RELAY_PARTITIONS must be a whole number from 1 to 1024',
    '  RELAY_RATE_LIMIT must be a number from 1 up',
    '  RELAY_HTTP_PORT must be a whole number from 0 to 65535',
    '  RELAY_SHUTDOWN_MS must be a whole number from 3000 to 600000',
    '  RELAY_ALLOW_UNSAFE_REDIS must be 0 or 1',
    '  CUSTOMERIO_API_KEY is not set',
    '  CUSTOMERIO_REGION must be us or eu',
    '  CUSTOMERIO_TRACK_URL must be an http or https address without user, password, query and fragment',
    '  LOG_LEVEL must be trace, debug, info, warn, error, fatal or silent',
  ])
  expect(lines.join('\n')).not.toContain('hunter2')
})

test('secrets in addresses and files are refused without being shown', async () => {
  const lines = await refuse({
    ...GOOD,
    REDIS_URL: 'redis://user:hunter2@host/one/two?x=%zz',
    CUSTOMERIO_TRACK_URL: 'http://user:hunter3@127.0.0.1:1',
    CUSTOMERIO_API_KEY: 'hunter2',
    CUSTOMERIO_API_KEY_FILE: '/nowhere/key',
  })
  expect(lines.slice(1).map((line) => line.split(' ')[2])).toEqual([
    'REDIS_URL',
    'CUSTOMERIO_API_KEY',
    'CUSTOMERIO_TRACK_URL',
  ])
  expect(lines.join('\n')).not.toMatch(/hunter[23]/)
})

test('a tracking plan that cannot be loaded ends the start with its path and the reason', async () => {
  const lines = await refuse({ ...GOOD, RELAY_TRACKING_PLAN: '/nowhere/plan.mjs' })
  expect(lines).toEqual([
    expect.stringMatching(
      /^RELAY_CONFIG_INVALID: RELAY_TRACKING_PLAN: \/nowhere\/plan\.mjs cannot be loaded: Cannot find module /,
    ),
  ])
  const path = fileURLToPath(new URL('plans/endless-cart.mjs', import.meta.url))
  expect(await refuse({ ...GOOD, RELAY_TRACKING_PLAN: path })).toEqual([
    "RELAY_CONFIG_INVALID: The tracking plan has faults. order_placed supersedes cart_updated, which must have staleAfterMs and onStale 'dead-letter'.",
  ])
})

test('a port in use ends the start with the remedy', async () => {
  const other = createServer().listen(0)
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const address = other.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const lines = await refuse({ ...GOOD, RELAY_HTTP_PORT: String(address.port) })
  expect(lines).toEqual([
    `RELAY_CONFIG_INVALID: RELAY_HTTP_PORT: port ${address.port} is in use; set another one, or 0 for any free one`,
  ])
})
