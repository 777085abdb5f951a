import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startMock, type Fault } from '../src/index.ts'
import { batchHead, event, FakeClock, openSocket, setup, type Reply } from './setup.ts'

const ITEMS = [event('a', 'zero'), event('b', 'one'), event('c', 'two')]

interface Faulted {
  answer: Reply
  applied: number
}

/** One batch of three events under one fault. */
async function under(fault: Fault): Promise<Faulted> {
  const { mock, batch } = await setup()
  mock.fault({ ...fault, times: 1 })
  const answer = await batch(ITEMS)
  expect(mock.summary().faulted).toBe(1)
  return { answer, applied: mock.summary().applied }
}

test.each([
  [401, 'application/json; charset=utf-8', '{"meta":{"error":"Unauthorized request"}}\n'],
  [403, 'application/json; charset=utf-8', expect.stringContaining('403')],
  [404, 'application/json; charset=utf-8', expect.stringContaining('404')],
  [429, null, ''],
  [500, 'application/json; charset=utf-8', expect.stringContaining('500')],
  [502, 'text/html; charset=UTF-8', expect.stringContaining('<h1>502')],
  [503, null, ''],
  [204, null, ''],
])(
  'status %i is answered as it usually looks, and nothing is applied',
  async (status, type, body) => {
    const { answer, applied } = await under({ kind: 'answer', status })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe(type)
    expect(answer.text).toEqual(body)
    expect(answer.headers.get('retry-after')).toBeNull()
    expect(applied).toBe(0)
  },
)

test('an answer may apply what it denies: the unknown outcome', async () => {
  const { answer, applied } = await under({ kind: 'answer', status: 502, apply: true })
  expect([answer.status, applied]).toEqual([502, 3])
})

test.each([[5], ['soon'], ['-1'], [99_999_999_999]])(
  'Retry-After %j is sent as it was given',
  async (retryAfter) => {
    const { answer } = await under({ kind: 'answer', status: 429, retryAfter })
    expect(answer.headers.get('retry-after')).toBe(String(retryAfter))
  },
)

test('Retry-After can be a date', async () => {
  const clock = new FakeClock()
  const { mock, batch } = await setup({ clock })
  mock.fault({ kind: 'answer', status: 429, retryAfterDateMs: 7_000 })
  const answer = await batch(ITEMS)
  expect(Date.parse(answer.headers.get('retry-after') ?? '')).toBe(clock.now() + 7_000)
})

test('an answer may carry any body of any type', async () => {
  const fault: Fault = { kind: 'answer', status: 200, body: '{"errors":[]}', contentType: 'text/x' }
  const { answer, applied } = await under({ ...fault, apply: true })
  expect([answer.text, answer.headers.get('content-type'), applied]).toEqual([
    '{"errors":[]}',
    'text/x',
    3,
  ])
})

test.each([301, 302, 307, 308] as const)(
  'a %i leads to the same path elsewhere',
  async (status) => {
    const { answer, applied } = await under({ kind: 'redirect', to: 'http://127.0.0.1:9', status })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('location')).toBe('http://127.0.0.1:9/api/v2/batch')
    expect(applied).toBe(0)
  },
)

test('a captive portal answers 200 with HTML', async () => {
  const { answer, applied } = await under({ kind: 'html' })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/html; charset=UTF-8',
  ])
  expect(answer.text).toContain('<html>')
  expect(applied).toBe(0)
})

test('half a JSON text is complete as HTTP and no JSON', async () => {
  const { answer } = await under({ kind: 'half-json', status: 207 })
  expect(answer.status).toBe(207)
  expect(answer.text).not.toBe('')
  expect(() => JSON.parse(answer.text) as unknown).toThrow(SyntaxError)
})

test('a reset before applying leaves nothing behind, a reset after applying everything', async () => {
  const { mock, batch } = await setup()
  mock.fault({ kind: 'reset-before', times: 1 })
  await expect(batch(ITEMS)).rejects.toThrow('fetch failed')
  expect(mock.summary().applied).toBe(0)
  mock.fault({ kind: 'reset-after', times: 1 })
  await expect(batch(ITEMS)).rejects.toThrow('fetch failed')
  expect(mock.summary()).toMatchObject({ applied: 3, requestsByEnding: { reset: 2 } })
})

test('an answer that is cut announces its whole length and ends in the middle', async () => {
  const { mock } = await setup()
  mock.fault({ kind: 'cut' })
  const body = JSON.stringify({ batch: ITEMS })
  const socket = await openSocket(mock)
  socket.write(batchHead(mock, body.length) + body)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'close')
  const text = Buffer.concat(chunks).toString()
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(text).toContain('content-length: 3\r\n')
  expect(text).toMatch(/\r\n\r\n\{$/)
  expect(mock.summary()).toMatchObject({ applied: 3, requestsByEnding: { cut: 1 } })
})

test.each([
  [false, 0],
  [true, 3],
])('a request that hangs is never answered; applied: %s', async (apply, applied) => {
  const { mock } = await setup()
  mock.fault({ kind: 'hang', apply })
  const body = JSON.stringify({ batch: ITEMS })
  const socket = await openSocket(mock)
  socket.write(batchHead(mock, body.length) + body)
  const summary = await mock.waitFor(({ faulted }) => faulted === 1)
  expect(summary).toMatchObject({ applied, inFlight: 1 })
  expect(socket.bytesRead).toBe(0)
  socket.destroy()
  await mock.waitFor(({ requestsByEnding }) => requestsByEnding.left === 1)
})

test('a slow answer is applied at once and comes when its delay is over', async () => {
  const clock = new FakeClock()
  const { mock, batch } = await setup({ clock })
  mock.fault({ kind: 'slow', delayMs: 5_000 })
  const answer = batch(ITEMS)
  await mock.waitFor(({ applied }) => applied === 3)
  clock.advance(4_999)
  expect(mock.summary().inFlight).toBe(1)
  clock.advance(1)
  expect((await answer).text).toBe('{}\n')
})

test('a trickling answer sends its head first and then one byte at a time', async () => {
  const clock = new FakeClock()
  const { mock } = await setup({ clock })
  mock.fault({ kind: 'slow', trickleMs: 1_000 })
  const body = JSON.stringify({ batch: ITEMS })
  const socket = await openSocket(mock)
  socket.write(batchHead(mock, body.length) + body)
  const next = async (): Promise<string> => String((await once(socket, 'data'))[0])
  expect(await next()).toMatch(/\r\n\r\n$/)
  for (const byte of ['{', '}', '\n']) {
    const received = next()
    clock.advance(1_000)
    expect(await received).toBe(byte)
  }
  expect(mock.summary().inFlight).toBe(0)
})

test('a 207 names indexes that are good, missing, out of range, repeated and textual', async () => {
  const { answer, applied } = await under({
    kind: 'item-errors',
    indexes: [1, 1, null, 99, '2'],
    error: { reason: 'odd', field: 'f', message: 'm' },
  })
  expect(answer.status).toBe(207)
  const error = { reason: 'odd', field: 'f', message: 'm' }
  expect(JSON.parse(answer.text)).toEqual({
    errors: [
      { batch_index: 1, ...error },
      { batch_index: 1, ...error },
      error,
      { batch_index: 99, ...error },
      { batch_index: '2', ...error },
    ],
  })
  expect(applied).toBe(2)
})

test('what item errors refuse in truth can be named apart from what they say', async () => {
  const { answer, applied } = await under({ kind: 'item-errors', indexes: [null], refuse: [0, 2] })
  expect(answer.status).toBe(207)
  expect(applied).toBe(1)
})

test('item errors do not hide the errors that the batch deserves anyway', async () => {
  const { mock, batch } = await setup()
  mock.fault({ kind: 'item-errors', indexes: [0] })
  const { errors } = JSON.parse((await batch([...ITEMS, event('d', '')])).text) as {
    errors: object[]
  }
  expect(errors).toMatchObject([{ batch_index: 0 }, { batch_index: 3, field: 'name' }])
  expect(mock.summary()).toMatchObject({ applied: 2, rejected: 2 })
})

test('a 200 may carry errors', async () => {
  const { answer, applied } = await under({ kind: 'item-errors', indexes: [2], status: 200 })
  expect([answer.status, applied]).toEqual([200, 2])
  expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ batch_index: 2 }] })
})

test('closing the mock ends a request that hangs and whoever waits for counts', async () => {
  const mock = await startMock()
  mock.fault({ kind: 'hang' })
  const socket = await openSocket(mock)
  socket.write(batchHead(mock, 2))
  socket.write('{}')
  await mock.waitFor(({ faulted }) => faulted === 1)
  const waiting = mock.waitFor(({ applied }) => applied === 1)
  const closed = Promise.all([once(socket, 'close'), mock.close()])
  await expect(waiting).rejects.toThrow(/closed.*"applied":0/)
  await closed
})
