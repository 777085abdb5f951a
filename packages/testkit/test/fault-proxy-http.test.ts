// The proxy in front of an HTTP server: losing the reply means that the server's handler has run.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

import { expect, onTestFinished, test } from 'vitest'

import { startFaultProxy } from '../src/index.ts'
import type { FaultProxy } from '../src/index.ts'

const setup = async (): Promise<{ proxy: FaultProxy; bodies: string[] }> => {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body)
      response.end('ok')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { proxy: await startFaultProxy({ target: { port }, onEnd: onTestFinished }), bodies }
}

const post = async (proxy: FaultProxy, body: string): Promise<string> =>
  (
    await fetch(proxy.url('http'), { method: 'POST', body, headers: { connection: 'close' } })
  ).text()

test('a lost reply: the server has handled the request and the caller gets an error', async () => {
  const { proxy, bodies } = await setup()
  const cut = proxy.cut({ after: 'request' })
  await expect(post(proxy, 'one')).rejects.toThrow('fetch failed')
  await cut
  expect(bodies).toEqual(['one'])
  expect(await post(proxy, 'two')).toBe('ok')
})

test('a request that is cut before it leaves never reaches the server', async () => {
  const { proxy, bodies } = await setup()
  const cut = proxy.cut({ before: 'request' })
  await expect(post(proxy, 'one')).rejects.toThrow('fetch failed')
  await cut
  expect(bodies).toEqual([])
})

test('a held request arrives although its caller has given up', async () => {
  const { proxy, bodies } = await setup()
  const hold = proxy.hold()
  const gaveUp = new AbortController()
  const call = fetch(proxy.url('http'), { method: 'POST', body: 'late', signal: gaveUp.signal })
  await hold.caught
  gaveUp.abort()
  await expect(call).rejects.toThrow('aborted')
  await hold.release()
  expect(bodies).toEqual(['late'])
})
