// Endpoints that a request does not reach, or does not come back from: a name that does not resolve, a certificate that
// nobody trusts, a host that takes the request and stays silent, one that refuses connections in the middle of a
// drain; also one that asks for a wait of years, and one that sends the request on. A real worker, real HTTP and TLS,
// the system's own resolver. Each costs no event its life, and the worker goes on by itself when the fault ends. Side
// by side: each endpoint is mostly waited for.

import { startMock } from '@retention-relay/mock-customerio'
import type { Mock } from '@retention-relay/mock-customerio'
import { startFaultProxy, startTestRedis, until } from '@retention-relay/testkit'
import type { TestEnd } from '@retention-relay/testkit'
import { afterAll, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import type { LogLine, Settings } from './observed-worker.ts'
import { settingsOf } from './settings.ts'
import { startTlsFront } from './tls-front.ts'

const redis = await startTestRedis({ onEnd: afterAll })
const RESOLVER = new URL('resolve-later.mjs', import.meta.url).href
/** A label of 64 characters: the resolver refuses it by itself, whatever network there is. */
const NO_SUCH_HOST = `${'a'.repeat(64)}.invalid`
let namespaces = 0

interface Endpoint {
  readonly mock: Mock
  readonly partition: PartitionOutside
  /** Settings of a worker that sends to the mock. */
  readonly settings: Settings
}

async function setup(onEnd: TestEnd): Promise<Endpoint> {
  const namespace = `unreachable-${(namespaces += 1)}`
  const mock = await startMock()
  onEnd(() => mock.close())
  const partition = new PartitionOutside(redis, namespace, 0, onEnd)
  return { mock, partition, settings: { ...settingsOf(namespace, mock), REDIS_URL: redis.url } }
}

/** The first request of the worker that ended otherwise than as delivered. */
async function firstFailure(worker: ObservedWorker): Promise<LogLine> {
  const failed = (): LogLine | undefined =>
    worker.logged('request.answered').find(({ outcome }) => outcome !== 'delivered')
  await until(failed, { timeoutMs: 60_000, what: 'a request that failed' })
  return failed()!
}

async function delivered(partition: PartitionOutside, events: number): Promise<void> {
  await until(() => partition.counters(), {
    accept: (counters) => counters['delivered'] === events,
    timeoutMs: 60_000,
    what: `${events} delivered events`,
  })
}

test.concurrent('a host that does not resolve costs no event its life', async ({
  expect,
  onTestFinished,
}) => {
  const { mock, partition, settings } = await setup(onTestFinished)
  const url = `http://${NO_SUCH_HOST}:${mock.port}`
  const resolver = { NODE_OPTIONS: `--import=${RESOLVER}` }
  const worker = new ObservedWorker(
    { ...settings, CUSTOMERIO_TRACK_URL: url, ...resolver },
    onTestFinished,
  )
  await partition.add([track('cus_1'), track('cus_2')])
  const detail = expect.stringMatching(/^connection: getaddrinfo ENOTFOUND/)
  expect(await firstFailure(worker)).toMatchObject({
    outcome: 'retry',
    detail,
    unknownOutcome: false,
  })
  await worker.log('destination.unreachable')
  expect(await worker.readiness()).toMatchObject({ status: 503 })
  expect(await partition.counters()).toEqual({ accepted: 2 })

  worker.process.signal('SIGUSR2')
  await delivered(partition, 2)
  await worker.untilReady()
  expect(mock.summary()).toMatchObject({ received: 2, applied: 2 })
})

test.concurrent('a certificate that is not trusted costs no event its life, and gets no byte', async ({
  expect,
  onTestFinished,
}) => {
  const { mock, partition, settings } = await setup(onTestFinished)
  const front = await startTlsFront(mock, onTestFinished)
  front.showStranger()
  const worker = new ObservedWorker(
    {
      ...settings,
      CUSTOMERIO_TRACK_URL: `https://127.0.0.1:${front.port}`,
      NODE_EXTRA_CA_CERTS: front.certFile,
    },
    onTestFinished,
  )
  await partition.add([track('cus_1'), track('cus_2')])
  const detail = expect.stringMatching(/^connection: .*self-signed certificate/)
  expect(await firstFailure(worker)).toMatchObject({
    outcome: 'retry',
    detail,
    unknownOutcome: false,
  })
  expect(await partition.counters()).toEqual({ accepted: 2 })
  expect(mock.summary()).toMatchObject({ requests: 0 })

  front.showOwn()
  await delivered(partition, 2)
  await worker.untilReady()
  expect(mock.summary()).toMatchObject({ received: 2, applied: 2 })
})

// A profile operation, of which the bound is the shortest.
test.concurrent('a host that takes a request and stays silent is given up, and asked again', async ({
  expect,
  onTestFinished,
}) => {
  const { mock, partition, settings } = await setup(onTestFinished)
  const worker = new ObservedWorker(settings, onTestFinished)
  await worker.untilReady()
  mock.fault({ kind: 'hang', times: 1 })
  const { id, customerId, occurredAt } = track('cus_1')
  await partition.add([{ op: 'suppress', id, customerId, occurredAt }])
  await partition.add([track('cus_2')])
  expect(await firstFailure(worker)).toMatchObject({
    outcome: 'retry',
    detail: expect.stringMatching(/^timeout: /),
    unknownOutcome: true,
  })
  await delivered(partition, 2)
  expect(mock.summary()).toMatchObject({ faulted: 1, applied: 2, overlaps: 0 })
})

test.concurrent('connections refused in the middle of a drain lose, double and overtake nothing', async ({
  expect,
  onTestFinished,
}) => {
  const { mock, partition, settings } = await setup(onTestFinished)
  mock.configure({ latencyMs: 5 })
  const target = { port: mock.port }
  const proxy = await startFaultProxy({ target, onEnd: onTestFinished })
  const worker = new ObservedWorker(
    { ...settings, CUSTOMERIO_TRACK_URL: proxy.url('http') },
    onTestFinished,
  )
  await worker.untilReady()
  const [customers, rounds] = [20, 60]
  for (let sequence = 0; sequence < rounds; sequence += 1) {
    const customer = (_: unknown, number: number): string => `cus_${number}`
    const round = Array.from({ length: customers }, customer)
    await partition.add(round.map((id) => track(id, { relay_seq: sequence })))
  }
  await mock.waitFor(({ applied }) => applied > customers)
  await proxy.stop()
  const refused = (): boolean => worker.output.includes('ECONNREFUSED')
  await until(refused, { timeoutMs: 60_000, what: 'a refused connection' })
  expect(mock.summary().applied).toBeLessThan(customers * rounds)

  await startFaultProxy({ listen: { port: proxy.port! }, target, onEnd: onTestFinished })
  await mock.waitFor(({ applied }) => applied === customers * rounds)
  await until(() => partition.open(), { accept: (jobs) => jobs === 0, what: 'no jobs' })
  expect(await partition.deadLetters()).toEqual([])
  expect(mock.summary()).toMatchObject({
    applied: customers * rounds,
    inversions: 0,
    overlaps: 0,
  })
})

test.concurrent('a Retry-After of years is cut to five minutes, kills nothing and holds up no stop', async ({
  expect,
  onTestFinished,
}) => {
  const { mock, partition, settings } = await setup(onTestFinished)
  const worker = new ObservedWorker(settings, onTestFinished)
  await worker.untilReady()
  const years = 99_999_999_999
  const endFault = mock.fault({ kind: 'answer', status: 429, retryAfter: years })
  await partition.add([track('cus_1'), track('cus_2')])
  expect(await firstFailure(worker)).toMatchObject({
    status: 429,
    outcome: 'retry',
    retryAfterMs: 300_000,
  })
  expect(await worker.process.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(worker.logged('request.answered')).toHaveLength(1)
  expect(mock.summary()).toMatchObject({ faulted: 1 })
  expect(await partition.counters()).toEqual({ accepted: 2 })
  expect(await partition.waiting()).toHaveLength(1)

  endFault()
  void new ObservedWorker(settings, onTestFinished)
  await delivered(partition, 2)
})

test.concurrent('a redirect within the host is followed with the whole request', async ({
  expect,
  onTestFinished,
}) => {
  const { mock, partition, settings } = await setup(onTestFinished)
  const worker = new ObservedWorker(settings, onTestFinished)
  await worker.untilReady()
  mock.fault({ kind: 'redirect', to: mock.url, times: 1 })
  await partition.add([track('cus_1'), track('cus_2')])
  await delivered(partition, 2)
  expect(mock.summary()).toMatchObject({ faulted: 1, received: 2, applied: 2 })
  expect(worker.logged('request.answered')).toMatchObject([{ outcome: 'delivered', attempt: 1 }])
})
