// A namespace whose workspace has changed: workers refuse it until a person binds it anew.

import { bindWorkspace, createRedisClient, openNamespace } from '@retention-relay/queue'
import { startTestRedis } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { runRelay } from './run-relay.ts'

test('after a rebind the namespace takes the new site id and refuses the old one', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = createRedisClient(redis.url, { name: 'test' })
  onTestFinished(() => client.disconnect())
  await new Promise<void>((resolve) => {
    client.once('ready', () => resolve())
  })
  await openNamespace(client, { namespace: 'staging' })
  await bindWorkspace(client, 'staging', 'old-site')
  await expect(bindWorkspace(client, 'staging', 'new-site')).rejects.toMatchObject({
    code: 'RELAY_NAMESPACE_MISMATCH',
  })

  const env = { REDIS_URL: redis.url, RELAY_NAMESPACE: 'staging' }
  const ended = await runRelay(['workspace', 'rebind', 'new-site', '--json'], { env })
  expect(ended.code).toBe(0)
  expect(JSON.parse(ended.stdout)).toEqual({ namespace: 'staging', result: 'rebound' })
  await bindWorkspace(client, 'staging', 'new-site')
  await expect(bindWorkspace(client, 'staging', 'old-site')).rejects.toThrow('another Customer.io')
})
