import { once } from 'node:events'
import { expect, test } from 'vitest'
import { batchHead, event, openSocket, setup } from './setup.ts'

const BODY = JSON.stringify({ batch: [event('a', 'one'), event('b', 'two')] })

test('a body that ends before its announced length is never applied', async () => {
  const { mock } = await setup()
  for (const sent of [0, 1, BODY.length - 1]) {
    const socket = await openSocket(mock)
    socket.end(batchHead(mock, BODY.length) + BODY.slice(0, sent))
  }
  const summary = await mock.waitFor(({ requestsByEnding }) => requestsByEnding.aborted === 3)
  expect(summary).toMatchObject({ requests: 3, received: 0, applied: 0, inFlight: 0 })
})

test('a complete JSON text is not applied either while its announced length is larger', async () => {
  const { mock } = await setup()
  const socket = await openSocket(mock)
  socket.write(batchHead(mock, BODY.length + 1) + BODY)
  await mock.waitFor(({ requests }) => requests === 1)
  socket.resetAndDestroy()
  const summary = await mock.waitFor(({ requestsByEnding }) => requestsByEnding.aborted === 1)
  expect(summary.received).toBe(0)
})

test('a chunked body without its end is never applied', async () => {
  const { mock } = await setup()
  const socket = await openSocket(mock)
  const head = batchHead(mock, 0).replace('content-length: 0', 'transfer-encoding: chunked')
  socket.end(`${head}${BODY.length.toString(16)}\r\n${BODY}\r\n`)
  const summary = await mock.waitFor(({ requestsByEnding }) => requestsByEnding.aborted === 1)
  expect(summary.received).toBe(0)
})

test('a body longer than announced is read up to its length, which is no JSON then', async () => {
  const { mock } = await setup()
  const socket = await openSocket(mock)
  socket.write(batchHead(mock, BODY.length - 1) + BODY)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /)
  expect(mock.summary().received).toBe(0)
})

test('a body that arrives byte by byte is applied once it is complete', async () => {
  const { mock } = await setup()
  const socket = await openSocket(mock)
  socket.setNoDelay(true)
  for (const character of batchHead(mock, BODY.length) + BODY) socket.write(character)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK/)
  expect(mock.summary().applied).toBe(2)
})

test('a sender that leaves before the answer has its complete request applied all the same', async () => {
  const { mock } = await setup({ latencyMs: 600_000 })
  const socket = await openSocket(mock)
  socket.write(batchHead(mock, BODY.length) + BODY)
  await mock.waitFor(({ applied }) => applied === 2)
  socket.destroy()
  const summary = await mock.waitFor(({ requestsByEnding }) => requestsByEnding.left === 1)
  expect(summary).toMatchObject({ applied: 2, inFlight: 0 })
})
