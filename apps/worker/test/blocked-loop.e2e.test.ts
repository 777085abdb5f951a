// Setup: a worker, one proxy towards Redis and one towards a real TLS server before the mock.
// Timeline: the renewals of the lease are held back. When less than four seconds of it are left, an event comes; while
//   the TLS handshake for its request is under way, the worker's event loop is blocked for four seconds. Meanwhile the
//   server goes on with the handshake, and the lease ends.
// Proves: when the loop is free again and the connection is there, no byte of the request is handed to it. The
//   event is delivered, once, under the next lease.

import { startMock } from '@retention-relay/mock-customerio'
import { leaseScripts } from '@retention-relay/queue'
import { startFaultProxy, startTestRedis, until } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'
import { startTlsFront } from './tls-front.ts'

const BLOCKER = new URL('block-event-loop.mjs', import.meta.url).href
/** As long as block-event-loop.mjs blocks. */
const BLOCKED_MS = 4000

test('a loop that was blocked in a TLS handshake until the lease was over sends nothing of the request', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const { port, certFile } = await startTlsFront(mock)
  const toRedis = await startFaultProxy({ target: redis, onEnd: onTestFinished })
  const toMock = await startFaultProxy({ target: { port }, onEnd: onTestFinished })
  const partition = new PartitionOutside(redis, 'blocked')
  const leaseLeftMs = (): Promise<number> => partition.redis.pttl(partition.keys.lease)
  const worker = new ObservedWorker({
    ...settingsOf('blocked', mock),
    REDIS_URL: toRedis.url(),
    CUSTOMERIO_TRACK_URL: toMock.url('https'),
    NODE_EXTRA_CA_CERTS: certFile,
    NODE_OPTIONS: `--import=${BLOCKER}`,
  })
  await worker.untilReady()
  const before = mock.summary().requests

  const renewal = toRedis.hold(leaseScripts.find(({ name }) => name === 'lease')!.sha)
  await until(leaseLeftMs, {
    accept: (leftMs) => leftMs < BLOCKED_MS,
    what: 'the last of the lease',
  })
  await toMock.cutAll()
  const handshake = toMock.hold()
  await partition.add([track('cus_1')])
  await handshake.caught
  worker.process.signal('SIGUSR2')
  await worker.log('loop.blocked')
  await handshake.release()

  await worker.log('request.answered')
  expect(worker.logged('loop.freed')).toHaveLength(1)
  expect(worker.logged('request.answered').map(({ outcome }) => outcome)).toEqual(['lease_over'])
  expect(mock.summary()).toMatchObject({ requests: before, received: 0 })

  await renewal.release()
  await mock.waitFor(({ applied }) => applied === 1)
  await until(() => partition.counters(), { accept: ({ delivered }) => delivered === 1 })
  expect(mock.summary()).toMatchObject({ requests: before + 1, received: 1 })
})
