// The faults of the proxy, each against a real Redis: what the client sees, and what the target has carried out.
import { afterAll, expect, onTestFinished, test } from 'vitest'

import { startFaultProxy, startTestRedis, until } from '../src/index.ts'
import type { FaultProxy } from '../src/index.ts'
import { ask, RespClient } from './resp-client.ts'

const redis = await startTestRedis({ onEnd: afterAll })

const setup = async (): Promise<FaultProxy> => {
  await ask(redis, 'FLUSHALL')
  return startFaultProxy({ target: redis, onEnd: onTestFinished })
}

const connectTo = (proxy: FaultProxy): RespClient => {
  const client = new RespClient(proxy)
  onTestFinished(() => void client.socket.destroy())
  return client
}
const CUT = 'closed without a reply'

test('without a fault everything passes, and connections are counted', async () => {
  const proxy = await setup()
  const [one, two] = [connectTo(proxy), connectTo(proxy)]
  expect(await one.ask('SET k v')).toBe('OK')
  expect(await two.ask('GET k')).toBe('v')
  expect([proxy.accepted, proxy.open]).toEqual([2, 2])
  one.socket.end()
  await one.closed
  await until(() => proxy.open === 1)
  expect(proxy.accepted).toBe(2)
})

test('a large value passes whole in both directions', async () => {
  const client = connectTo(await setup())
  const value = 'x'.repeat(8_000_000)
  const set = `*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${value.length}\r\n${value}`
  expect(await client.ask(set)).toBe('OK')
  const read = await client.ask('GET k')
  expect(read === value).toBe(true)
})

test('cutAll cuts every open connection, and new ones pass', async () => {
  const proxy = await setup()
  const clients = [connectTo(proxy), connectTo(proxy)]
  for (const client of clients) await client.ask('PING')
  expect(await proxy.cutAll()).toBe(2)
  await Promise.all(clients.map(({ closed }) => closed))
  expect(proxy.open).toBe(0)
  expect(await ask(proxy, 'PING')).toBe('PONG')
})

test('cut before a request: the target never sees it', async () => {
  const proxy = await setup()
  const cut = proxy.cut({ before: 'request' })
  await expect(ask(proxy, 'INCR n')).rejects.toThrow(CUT)
  await cut
  expect(await ask(redis, 'EXISTS n')).toBe(0)
})

test('cut within a request: of several the target carries out those that it has whole', async () => {
  const proxy = await setup()
  const client = connectTo(proxy)
  const cut = proxy.cut({ within: 'request' })
  client.send('INCR whole\r\nINCR torn-by-the-cut-in-the-middle')
  await cut
  await expect(client.reply()).rejects.toThrow(CUT)
  expect(await ask(redis, 'GET whole')).toBe('1')
  expect(await ask(redis, 'KEYS torn*')).toEqual([])
})

test('cut after a request: the target has carried it out and the client has no reply', async () => {
  const proxy = await setup()
  const client = connectTo(proxy)
  expect(await client.ask('PING')).toBe('PONG')
  const cut = proxy.cut({ after: 'request' })
  client.send('INCR n')
  await cut
  expect(await ask(redis, 'GET n')).toBe('1')
  await expect(client.reply()).rejects.toThrow(CUT)
})

test('cut after a request: all that was pipelined before it has been carried out', async () => {
  const proxy = await setup()
  const client = connectTo(proxy)
  const cut = proxy.cut({ after: 'request', match: 'SET last' })
  client.send(...Array.from({ length: 20_000 }, () => 'INCR n'), 'SET last 1')
  await cut
  expect(await ask(redis, 'MGET n last')).toEqual(['20000', '1'])
})

test('cut after a reply: the client has it, and then the connection is gone', async () => {
  const proxy = await setup()
  const client = connectTo(proxy)
  const cut = proxy.cut({ after: 'reply' })
  client.send('INCR n')
  await Promise.all([cut, client.closed])
  expect(client.text).toBe(':1\r\n')
})

test('a cut with a match lets other requests pass, on any connection', async () => {
  const proxy = await setup()
  const [one, two] = [connectTo(proxy), connectTo(proxy)]
  const cut = proxy.cut({ after: 'request', match: 'INCR' })
  expect([await one.ask('SET a 1'), await two.ask('SET b 1')]).toEqual(['OK', 'OK'])
  await expect(two.ask('INCR b')).rejects.toThrow(CUT)
  await cut
  expect(await one.ask('GET b')).toBe('2')
})

test('cuts are used up in the order of the calls', async () => {
  const proxy = await setup()
  const cuts = [proxy.cut({ before: 'request' }), proxy.cut({ after: 'request' })]
  await expect(ask(proxy, 'INCR n')).rejects.toThrow(CUT)
  await expect(ask(proxy, 'INCR n')).rejects.toThrow(CUT)
  await Promise.all(cuts)
  expect(await ask(proxy, 'INCR n')).toBe(2)
})

test('a cut that no request has met rejects when the proxy stops', async () => {
  const proxy = await setup()
  const cut = proxy.cut({ after: 'request' })
  await Promise.all([expect(cut).rejects.toThrow(/before a request met/), proxy.stop()])
})

test('a cut that was given up rejects, and the next request passes', async () => {
  const proxy = await setup()
  const fate = proxy.cut({ before: 'request' }).catch((error: unknown) => String(error))
  proxy.disarm()
  expect(await fate).toContain('given up')
  expect(await ask(proxy, 'PING')).toBe('PONG')
})

test('held requests reach the target only at the release, in order', async () => {
  const proxy = await setup()
  const client = connectTo(proxy)
  const hold = proxy.hold()
  client.send('SET k 1')
  await hold.caught
  client.send('APPEND k 2')
  expect(await ask(redis, 'EXISTS k')).toBe(0)
  expect(client.text).toBe('')
  await hold.release()
  expect([await client.reply(), await client.reply()]).toEqual(['OK', 2])
  expect(await ask(redis, 'GET k')).toBe('12')
})

test('held requests have reached the target after the release although the client has gone', async () => {
  const proxy = await setup()
  const client = connectTo(proxy)
  const hold = proxy.hold()
  client.send('INCR n')
  await hold.caught
  client.socket.resetAndDestroy()
  await client.closed
  expect(await ask(redis, 'EXISTS n')).toBe(0)
  await hold.release()
  expect(await ask(redis, 'GET n')).toBe('1')
})

test('a hold with a match catches only the connection that wrote it', async () => {
  const proxy = await setup()
  const [one, two] = [connectTo(proxy), connectTo(proxy)]
  const hold = proxy.hold('INCR')
  one.send('INCR n')
  await hold.caught
  expect(await two.ask('EXISTS n')).toBe(0)
  await proxy.release()
  expect(await one.reply()).toBe(1)
})

test('with latency requests wait at the proxy, until it is switched off', async () => {
  const proxy = await setup()
  const client = connectTo(proxy)
  expect(await client.ask('PING')).toBe('PONG')
  const hold = proxy.hold()
  client.send('SET k 1')
  await hold.caught
  proxy.delay(3_600_000)
  const released = hold.release()
  await proxy.cutAll()
  await released
  expect(await ask(redis, 'EXISTS k')).toBe(0)
  proxy.delay(5)
  expect(await ask(proxy, 'SET k 1')).toBe('OK')
  proxy.delay(0)
  expect(await ask(proxy, 'GET k')).toBe('1')
})

test('a target that is down shows as a cut connection', async () => {
  const target = { socketPath: `${redis.folder}/nobody.sock` }
  const proxy = await startFaultProxy({ target, onEnd: onTestFinished })
  await expect(ask(proxy, 'PING')).rejects.toThrow(CUT)
})

test('it listens on a unix socket and speaks to a port', async () => {
  const other = await startTestRedis({ port: true, onEnd: onTestFinished })
  const listen = { socketPath: `${redis.folder}/proxy.sock` }
  const target = { port: other.port ?? 0 }
  const proxy = await startFaultProxy({ listen, target, onEnd: onTestFinished })
  expect(proxy.url()).toBe(`unix://${listen.socketPath}`)
  expect(await ask(proxy, 'PING')).toBe('PONG')
})
