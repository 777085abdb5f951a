// relay resume: ends a pause, writes down who did and why, and insists on a reason.

import {
  createRedisClient,
  namespaceKeys,
  openNamespace,
  PauseStore,
  pauseScripts,
  ScriptRunner,
} from '@retention-relay/queue'
import { startTestRedis } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { runRelay } from './run-relay.ts'

test('a paused namespace is a fault of its status until it is resumed with a reason', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = createRedisClient(redis.url, { name: 'test' })
  onTestFinished(() => client.disconnect())
  await new Promise<void>((resolve) => {
    client.once('ready', () => resolve())
  })
  await openNamespace(client, { namespace: 'staging', partitions: 1 })
  const keys = namespaceKeys('staging')
  const pause = { detail: '60 of the last 200 events were rejected', by: 'worker-1', at: 77 }
  await new PauseStore(new ScriptRunner(client, pauseScripts), keys).pause(pause)

  const env = { REDIS_URL: redis.url, RELAY_NAMESPACE: 'staging' }
  const status = await runRelay(['status'], { env })
  expect(status.code).toBe(1)
  expect(status.stdout).toContain('60 of the last 200 events were rejected, seen by worker-1')

  const silent = await runRelay(['resume'], { env })
  expect([silent.code, silent.stderr]).toEqual([2, expect.stringContaining('--why is missing')])

  const words = ['resume', '--why', 'the rule is off', '--who', 'ada', '--json']
  const resumed = await runRelay(words, { env })
  expect(resumed.code).toBe(0)
  expect(JSON.parse(resumed.stdout)).toEqual({ namespace: 'staging', kind: 'resumed', pause })
  const [entry = ''] = await client.lrange(keys.audit, 0, 0)
  expect(JSON.parse(entry)).toMatchObject({ verb: 'resume', who: 'ada', why: 'the rule is off' })

  const again = await runRelay(['resume', '--why', 'once more'], { env })
  expect([again.code, again.stdout]).toEqual([0, 'staging is not paused\n'])
  expect((await runRelay(['status'], { env })).code).toBe(0)
})
