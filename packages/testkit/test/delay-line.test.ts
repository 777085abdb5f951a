// One direction of a proxied connection, between two pairs of sockets.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'

import { expect, onTestFinished, test } from 'vitest'

import { DelayLine } from '../src/delay-line.ts'

const pair = async (): Promise<{ near: Socket; far: Socket }> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const near = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1')
  const [far]: Socket[] = await once(server, 'connection')
  if (!far) throw new Error('no connection')
  server.close()
  onTestFinished(() => void near.destroy())
  return { near, far }
}

test('with latency bytes leave later than what another line sends without', async () => {
  const [slow, fast, to] = [await pair(), await pair(), await pair()]
  const slowLine = new DelayLine(slow.near, to.near)
  slowLine.push(Buffer.from('slow'), 1)
  new DelayLine(fast.near, to.near).push(Buffer.from('fast '), 0)
  slowLine.end()
  expect(await text(to.far)).toBe('fast slow')
})

test('bytes keep their order when the latency is switched off between them, and the end comes last', async () => {
  const [from, to] = [await pair(), await pair()]
  const line = new DelayLine(from.near, to.near)
  line.push(Buffer.from('one '), 20)
  line.push(Buffer.from('two '), 0)
  line.end()
  line.push(Buffer.from('after the end'), 0)
  expect(await text(to.far)).toBe('one two ')
})

test('while the receiver does not read, the sender is not read; and then it is again', async () => {
  const [from, to] = [await pair(), await pair()]
  const line = new DelayLine(from.near, to.near)
  from.near.on('data', (bytes) => line.push(bytes, 0))
  from.near.on('end', () => line.end())
  to.far.pause()
  const size = 16 * 1024 * 1024
  from.far.end(Buffer.alloc(size, 'x'))
  await once(from.near, 'pause')
  expect((await text(to.far)).length).toBe(size)
})
