// Setup: a worker and the mock.
// Timeline: for each row of the table of responses a batch of three events, of which the first request is answered in
//   that way and the others as usual.
// Proves: the answer is taken for what it is, all the way from the socket to the counters: whom it names dies, nobody
//   else, and what it leaves open is sent again.

import { startMock } from '@retention-relay/mock-customerio'
import type { Fault } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import { afterAll, expect, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const redis = await startTestRedis({ onEnd: afterAll })
const mock = await startMock()
afterAll(() => mock.close())
const partition = new PartitionOutside(redis, 'answers', 0, afterAll)
const settings = { ...settingsOf('answers', mock), REDIS_URL: redis.url }
const worker = new ObservedWorker(settings, afterAll)
await worker.untilReady()

const known = { unknownOutcome: false }
const unknown = { unknownOutcome: true }
const partly = { outcome: 'partly_refused', ...known }
const unclear = { outcome: 'item_errors_unclear', ...known }
const unreadable = { outcome: 'retry', detail: /^unreadable_answer: /, ...unknown }
const refused = { outcome: 'refused', ...known }
const wrongAddress = { outcome: 'wrong_address', ...known }
const tryAgain = (cause: string): Expected => {
  return { outcome: 'retry', detail: new RegExp(`^${cause}: `), ...known }
}
const lost = { outcome: 'retry', detail: /^connection: /, ...unknown }

interface Expected {
  readonly outcome: string
  readonly unknownOutcome: boolean
  readonly detail?: RegExp
}

const HTML = '<html><body>no</body></html>'
const html = (status: number): Fault => {
  return { kind: 'answer', status, body: HTML, contentType: 'text/html' }
}
const OTHER = 'http://127.0.0.1:9'

const ROWS: readonly (readonly [string, Fault, Expected, number])[] = [
  ['207 with a good index', { kind: 'item-errors', indexes: [1] }, partly, 1],
  ['207 with an index repeated', { kind: 'item-errors', indexes: [1, 1] }, partly, 1],
  ['207 without an index', { kind: 'item-errors', indexes: [null] }, unclear, 0],
  ['207 with an index out of range', { kind: 'item-errors', indexes: [3] }, unclear, 0],
  ['207 with a textual index', { kind: 'item-errors', indexes: ['1'] }, unclear, 0],
  ['200 that carries errors', { kind: 'item-errors', indexes: [2], status: 200 }, partly, 1],
  ['200 with HTML', { kind: 'html' }, unreadable, 0],
  ['202 with HTML', { kind: 'html', status: 202 }, unreadable, 0],
  ['200 with half a JSON', { kind: 'half-json', apply: true }, unreadable, 0],
  [
    '200 that is too long',
    { kind: 'answer', status: 200, body: `{"a":"${'x'.repeat(300_000)}"}` },
    unreadable,
    0,
  ],
  ['204', { kind: 'answer', status: 204, apply: true }, unreadable, 0],
  ['400', { kind: 'answer', status: 400 }, refused, 0],
  ['400 with HTML', html(400), refused, 0],
  ['413', { kind: 'answer', status: 413 }, refused, 0],
  ['422', { kind: 'answer', status: 422 }, refused, 0],
  [
    '401 for good credentials',
    { kind: 'answer', status: 401 },
    { outcome: 'unauthorized', ...known },
    0,
  ],
  ['403 for good credentials', html(403), { outcome: 'unauthorized', ...known }, 0],
  ['404', html(404), wrongAddress, 0],
  ['405', html(405), wrongAddress, 0],
  ['410', html(410), wrongAddress, 0],
  ['a redirect to a stranger', { kind: 'redirect', to: OTHER }, wrongAddress, 0],
  ['408', { kind: 'answer', status: 408 }, tryAgain('timeout'), 0],
  ['429', { kind: 'answer', status: 429 }, tryAgain('rate_limited'), 0],
  ['429 with seconds', { kind: 'answer', status: 429, retryAfter: 1 }, tryAgain('rate_limited'), 0],
  [
    '429 with a date',
    { kind: 'answer', status: 429, retryAfterDateMs: 1000 },
    tryAgain('rate_limited'),
    0,
  ],
  [
    '429 with nonsense',
    { kind: 'answer', status: 429, retryAfter: 'soon' },
    tryAgain('rate_limited'),
    0,
  ],
  ['500 with HTML', html(500), tryAgain('server_error'), 0],
  ['502 with HTML', html(502), tryAgain('server_error'), 0],
  ['503', { kind: 'answer', status: 503 }, tryAgain('server_error'), 0],
  ['504', html(504), { ...tryAgain('server_error'), ...unknown }, 0],
  ['a reset before it was applied', { kind: 'reset-before' }, lost, 0],
  ['a reset after it was applied', { kind: 'reset-after' }, lost, 0],
  ['a connection that ends in the answer', { kind: 'cut' }, lost, 0],
  [
    'an answer that trickles',
    { kind: 'slow', trickleMs: 20 },
    { outcome: 'delivered', ...known },
    0,
  ],
]

test.each(ROWS)('%s', async (_name, fault, { detail = /^/, ...expected }, deaths) => {
  const before = settledSoFar()
  const answered = worker.logged('request.answered').length
  mock.reset()
  mock.fault({ ...fault, times: 1, match: { path: '/api/v2/batch' } })
  await partition.add(['cus_1', 'cus_2', 'cus_3'].map((customer) => track(customer)))

  const settled = (): Settled => {
    const { gone, dead } = settledSoFar()
    return { gone: gone - before.gone, dead: dead - before.dead }
  }
  await until(settled, { accept: ({ gone, dead }) => gone + dead === 3, what: 'three settled' })
  expect(settled()).toEqual({ gone: 3 - deaths, dead: deaths })
  expect(mock.summary()).toMatchObject({ faulted: 1, applied: 3 - deaths, overlaps: 0 })
  const first = worker.logged('request.answered')[answered]
  expect(first).toMatchObject({ events: 3, ...expected, detail: expect.stringMatching(detail) })
})

interface Settled {
  /** Delivered, or found to be so before. */
  readonly gone: number
  readonly dead: number
}

/** As the worker has told. The answer to a request is told before what was settled for it. */
function settledSoFar(): Settled {
  const lines = worker.logged('events.settled')
  const sum = (name: string): number => lines.reduce((total, line) => total + Number(line[name]), 0)
  return { gone: sum('delivered') + sum('duplicate'), dead: sum('dead') }
}

test('at the end the durable counts are what was told, and add up', async () => {
  const { gone, dead } = settledSoFar()
  const { accepted, delivered = 0, duplicate = 0, dead: letters = 0 } = await partition.counters()
  expect({ accepted, gone: delivered + duplicate, letters }).toEqual({
    accepted: gone + dead,
    gone,
    letters: dead,
  })
})
