import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startMock, type MockOptions } from '../src/index.ts'
import { batchHead, event, identify, openSocket, setup, ulid, type Bundle } from './setup.ts'

interface Line {
  kind: string
  request: number
  [field: string]: unknown
}

async function setupReceipts(
  options: MockOptions = {},
): Promise<Bundle & { lines: () => Promise<Line[]> }> {
  const folder = mkdtempSync(join(tmpdir(), 'mock-receipts-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const receiptsFile = join(folder, 'receipts.ndjson')
  const bundle = await setup({ receiptsFile, ...options })
  const lines = async (): Promise<Line[]> => {
    await bundle.mock.close()
    const text = readFileSync(receiptsFile, 'utf8')
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]))
  }
  return { ...bundle, lines }
}

test('a request is written as it opens, with its operations in order, and as it ends', async () => {
  const { mock, batch, lines } = await setupReceipts()
  await batch([event('a', 'x', { id: ulid(1), timestamp: 7 }), event('b', '')])
  await batch([event('a', 'x', { id: ulid(1) })])
  const written = await lines()
  expect(written.map(({ kind, request }) => `${kind} ${request}`)).toEqual([
    'opened 1',
    'operation 1',
    'operation 1',
    'ended 1',
    'opened 2',
    'operation 2',
    'ended 2',
  ])
  expect(written[0]).toMatchObject({ host: `127.0.0.1:${mock.port}`, at: expect.any(Number) })
  expect(written[1]).toMatchObject({
    index: 0,
    action: 'event',
    customerId: 'a',
    id: ulid(1),
    name: 'x',
    timestamp: 7,
    mark: '',
    outcome: 'applied',
  })
  expect(written[2]).toMatchObject({ index: 1, customerId: 'b', outcome: 'rejected' })
  expect(written[3]).toMatchObject({ ending: '207', at: expect.any(Number) })
  expect(written[5]).toMatchObject({ outcome: 'duplicate' })
})

test('what a request carried to no effect is written too', async () => {
  const { mock, batch, lines } = await setupReceipts()
  mock.fault({ kind: 'answer', status: 502 })
  await batch([event('a', 'x', { id: ulid(1) }), identify('b', {})])
  mock.clearFaults()
  await batch([event('a', '')])
  const operations = (await lines()).filter(({ kind }) => kind === 'operation')
  expect(operations).toMatchObject([
    { request: 1, index: 0, customerId: 'a', id: ulid(1), outcome: 'unapplied' },
    { request: 1, index: 1, customerId: 'b', action: 'identify', outcome: 'unapplied' },
    { request: 2, index: 0, customerId: 'a', outcome: 'rejected' },
  ])
})

test('what has no id is told apart by a mark: attribute, device token, primary of a merge', async () => {
  const { batch, lines } = await setupReceipts()
  const person = { type: 'person', identifiers: { id: 'a' } }
  await batch([
    identify('a', { relay_event: 'e1', plan: 'gold' }),
    { ...person, action: 'add_device', device: { token: 't1', platform: 'ios' } },
    { type: 'person', action: 'merge', primary: { id: 'p' }, secondary: { id: 'a' } },
    { ...person, action: 'suppress' },
    event('a', 'x', { attributes: { relay_event: 'not of a track' } }),
  ])
  const operations = (await lines()).filter(({ kind }) => kind === 'operation')
  expect(operations.map(({ mark }) => mark)).toEqual(['e1', 't1', 'p', '', ''])
  expect(operations.at(-1)).toMatchObject({ outcome: 'suppressed' })
})

test('a request whose sender goes first, and one that was never complete, say so', async () => {
  const { mock, batch, lines } = await setupReceipts()
  mock.fault({ kind: 'hang', apply: true })
  const body = JSON.stringify({ batch: [event('a', 'x')] })
  const left = await openSocket(mock)
  left.write(batchHead(mock, body.length) + body)
  await mock.waitFor(({ applied }) => applied === 1)
  left.destroy()
  await mock.waitFor(({ inFlight }) => inFlight === 0)
  const aborted = await openSocket(mock)
  aborted.write(batchHead(mock, body.length) + body.slice(1))
  await mock.waitFor(({ inFlight }) => inFlight === 1)
  aborted.destroy()
  await mock.waitFor(({ inFlight }) => inFlight === 0)
  mock.clearFaults()
  await batch([event('a', 'x')])
  const endings = (await lines()).flatMap(({ kind, ending }) => (kind === 'ended' ? [ending] : []))
  expect(endings).toEqual(['left', 'aborted', '200'])
})

test('a reset empties the file, and a request that was open then writes no more', async () => {
  const { mock, batch, lines } = await setupReceipts()
  const body = JSON.stringify({ batch: [event('a', 'x')] })
  const early = await openSocket(mock)
  early.write(batchHead(mock, body.length))
  await mock.waitFor(({ inFlight }) => inFlight === 1)
  mock.reset()
  early.write(body)
  await once(early, 'data')
  await batch([event('b', 'x')])
  const operations = (await lines()).filter(({ kind }) => kind === 'operation')
  expect(operations).toMatchObject([{ request: 1, customerId: 'b' }])
})

test('a file that cannot be written is one clear error at the start', async () => {
  const receiptsFile = join(tmpdir(), 'no-such-folder', 'receipts.ndjson')
  await expect(startMock({ receiptsFile })).rejects.toMatchObject({
    name: 'MockStartError',
    message: expect.stringContaining('The receipts cannot be written: ENOENT'),
  })
})
