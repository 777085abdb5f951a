// The settings: one schema, and docs/configuration.md and .env.example say exactly what it says.

import { expect, test } from 'vitest'

import { configSchema, readConfig } from '../src/config.ts'
import { readDocument, readTable } from './documents.ts'

const REQUIRED = {
  REDIS_URL: 'redis://127.0.0.1',
  RELAY_NAMESPACE: 'test',
  CUSTOMERIO_SITE_ID: 'site',
  CUSTOMERIO_API_KEY: 'key',
}

/** Name, default and meaning of each setting, in order. */
const settings = Object.entries(configSchema.shape).map(([name, setting]) => {
  const { success, data } = setting.safeParse(undefined)
  return { name, isRequired: !success, preset: textOf(data), meaning: setting.description }
})

interface Named {
  readonly name: string | undefined
}

/** As it would be written in the environment; empty: not set. */
function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : ''
}

test('docs/configuration.md shows every setting, its default and its meaning, and no other', () => {
  const rows = settings.map(({ name, isRequired, preset, meaning }) => {
    return [name, isRequired ? 'required' : preset || 'not set', meaning]
  })
  expect(readTable(readDocument('docs/configuration.md'), 'setting')).toEqual(rows)
})

test('.env.example has every setting with its default, and no other', () => {
  const lines = [...readDocument('.env.example').matchAll(/^(# )?([A-Z_]+)=(.*)$/gm)]
  const found = lines.map(([, comment, name, value]) => ({ name, isCommented: !!comment, value }))
  const expected = settings.map(({ name, isRequired, preset }) => ({
    name,
    isCommented: !isRequired,
    value: name === 'REDIS_URL' ? 'redis://127.0.0.1:6379' : preset,
  }))
  const byName = (one: Named, other: Named): number =>
    String(one.name).localeCompare(String(other.name))
  expect(found.toSorted(byName)).toEqual(expected.toSorted(byName))
})

test('defaults stand where nothing is set, and an empty variable counts as not set', () => {
  const result = readConfig({ ...REQUIRED, RELAY_RATE_LIMIT: '', LOG_LEVEL: '' })
  expect(result).toMatchObject({
    kind: 'config',
    config: { ...REQUIRED, RELAY_RATE_LIMIT: 100, LOG_LEVEL: 'info', RELAY_HTTP_PORT: 9464 },
  })
})

test('every setting may come from a file, without the white space around it', () => {
  for (const { name } of settings) {
    const { [name as keyof typeof REQUIRED]: _given, ...others } = REQUIRED
    const value = EXAMPLES[name]!
    const files = { [`${name}_FILE`]: '/run/secret' }
    const result = readConfig({ ...others, ...files }, () => ` ${value}\n`)
    expect(result).toEqual(readConfig({ ...others, [name]: value }))
    expect(result.kind).toBe('config')
  }
})

/** A value of each setting that is not its default. */
const EXAMPLES: Readonly<Record<string, string>> = {
  ...REQUIRED,
  RELAY_PARTITIONS: '4',
  RELAY_RATE_LIMIT: '12.5',
  RELAY_TRACKING_PLAN: '/srv/plan.mjs',
  RELAY_HTTP_PORT: '0',
  RELAY_SHUTDOWN_MS: '5000',
  RELAY_ALLOW_UNSAFE_REDIS: '1',
  CUSTOMERIO_REGION: 'eu',
  CUSTOMERIO_TRACK_URL: 'http://127.0.0.1:9000/base',
  LOG_LEVEL: 'debug',
  NODE_ENV: 'production',
}

test('a setting that is given twice, as a value and as a file, is a fault', () => {
  const result = readConfig({ ...REQUIRED, CUSTOMERIO_API_KEY_FILE: '/run/secret' }, () => 'key')
  const fault = 'is set, and CUSTOMERIO_API_KEY_FILE too; keep one of them'
  expect(result).toEqual({ kind: 'faults', faults: [{ name: 'CUSTOMERIO_API_KEY', fault }] })
})

test('a file of a setting that is missing or empty is named', () => {
  const { REDIS_URL: _url, CUSTOMERIO_API_KEY: _key, ...others } = REQUIRED
  const files = { REDIS_URL_FILE: '/nowhere/url', CUSTOMERIO_API_KEY_FILE: '/dev/null' }
  expect(readConfig({ ...others, ...files })).toEqual({
    kind: 'faults',
    faults: [
      { name: 'REDIS_URL_FILE', fault: 'names /nowhere/url, which cannot be read (ENOENT)' },
      { name: 'CUSTOMERIO_API_KEY_FILE', fault: 'names /dev/null, which is empty' },
    ],
  })
})

test('a secret is in no fault', () => {
  const secret = 'hunter2'
  const result = readConfig({
    ...Object.fromEntries(settings.map(({ name }) => [name, `${secret}://${secret}@ ${secret}`])),
    CUSTOMERIO_SITE_ID: secret,
    CUSTOMERIO_API_KEY: secret,
    CUSTOMERIO_API_KEY_FILE: '/run/secret',
  })
  expect(result.kind).toBe('faults')
  expect(JSON.stringify(result)).not.toContain(secret)
})
