// `npm run demo -- outage` as its reader runs it: what it promises in its last line is so.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { startProcess, startTestRedis } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

const DEMO = fileURLToPath(new URL('../dist/demo.js', import.meta.url))

test('a checkout that is paid during an outage is superseded; nothing else is lost or dies', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const folder = await mkdtemp(join(tmpdir(), 'relay-demo-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const demo = startProcess({
    script: DEMO,
    args: ['outage'],
    env: { REDIS_URL: redis.url, RELAY_DATA_DIR: folder, RELAY_HTTP_PORT: '0' },
    onEnd: onTestFinished,
  })
  await demo.waitForLine(/^1 checkout superseded, 0 lost, 0 doubled, 0 dead from the outage$/, {
    timeoutMs: 60_000,
  })
  expect((await demo.exited).code).toBe(0)
})
