// Credentials that come from a file are replaced while the worker runs.

import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis } from '@retention-relay/testkit'
import { afterAll, expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const redis = await startTestRedis({ onEnd: afterAll })

test('refused credentials are read again from their file, and those of another workspace are not taken', async () => {
  const mock = await startMock({ port: 0 })
  onTestFinished(() => mock.close())
  const folder = await mkdtemp(join(tmpdir(), 'relay-credentials-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [siteFile, keyFile] = [join(folder, 'site'), join(folder, 'key')]
  writeFileSync(siteFile, mock.settings.siteId)
  writeFileSync(keyFile, mock.settings.apiKey)
  const worker = new ObservedWorker({
    ...settingsOf('rotation', mock),
    REDIS_URL: redis.url,
    CUSTOMERIO_SITE_ID: undefined,
    CUSTOMERIO_API_KEY: undefined,
    CUSTOMERIO_SITE_ID_FILE: siteFile,
    CUSTOMERIO_API_KEY_FILE: keyFile,
  })
  await worker.untilReady()
  mock.configure({ apiKey: 'rotated' })
  await new PartitionOutside(redis, 'rotation').add([track('cus_1')])
  await worker.log('relay.paused')
  writeFileSync(siteFile, 'another-workspace')
  const { cause } = await worker.log('credentials.not_replaced')
  expect(cause).toContain('bound to another Customer.io workspace')
  writeFileSync(siteFile, mock.settings.siteId)
  writeFileSync(keyFile, 'rotated')
  await worker.log('credentials.replaced')
  await mock.waitFor(({ applied }) => applied === 1)
  await worker.untilReady()
  expect(worker.output).not.toContain('"rotated"')
})
