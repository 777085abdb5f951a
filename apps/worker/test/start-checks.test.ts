// What is said of the Redis that a worker starts on.

import type { RedisFacts } from '@retention-relay/queue'
import { expect, test } from 'vitest'

import { checkRedis, isProduction } from '../src/start-checks.ts'

const SAFE: RedisFacts = {
  node: '127.0.0.1:6379',
  server: 'redis',
  version: '7.2.4',
  role: 'master',
  readOnly: false,
  mode: 'standalone',
  aof: true,
  fsync: 'always',
  evictionPolicy: 'noeviction',
  usedMemoryBytes: 0,
  maxMemoryBytes: 0,
  connectedReplicas: 0,
  runId: 'run',
}

function levelsOf(facts: Partial<RedisFacts>): string[] {
  return checkRedis({ ...SAFE, ...facts }).map(({ level }) => level)
}

test('the shipped settings are good', () => {
  expect(levelsOf({})).toEqual(['ok', 'ok', 'ok', 'ok'])
})

test('each setting that can lose events is a danger of its own, with the remedy', () => {
  const unsafe = [{ aof: false }, { fsync: 'everysec' }, { evictionPolicy: 'allkeys-lru' }]
  const remedies = [
    'set appendonly yes',
    'set appendfsync always',
    'set maxmemory-policy noeviction',
  ]
  for (const [index, facts] of unsafe.entries()) {
    const dangers = checkRedis({ ...SAFE, ...facts }).filter(({ level }) => level === 'danger')
    expect(dangers.map(({ text }) => text)).toEqual([expect.stringContaining(remedies[index]!)])
  }
})

test('what a managed Redis does not tell cannot be verified and is no danger', () => {
  expect(levelsOf({ version: null, aof: null, fsync: null, evictionPolicy: null })).toEqual([
    'ok',
    'cannot_verify',
    'cannot_verify',
    'cannot_verify',
  ])
})

test('production is the namespace, or NODE_ENV', () => {
  expect(isProduction({ RELAY_NAMESPACE: 'production', NODE_ENV: '' })).toBe(true)
  expect(isProduction({ RELAY_NAMESPACE: 'staging', NODE_ENV: 'production' })).toBe(true)
  expect(isProduction({ RELAY_NAMESPACE: 'staging', NODE_ENV: 'test' })).toBe(false)
})
