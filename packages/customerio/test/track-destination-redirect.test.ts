// Redirects against real servers: another origin stands for the host of another region.

import { describe, expect, it } from 'vitest'
import { destinationAt, operation, send } from './destinations.ts'
import { FakeClock } from './fake-clock.ts'
import type { HttpTestServer } from './servers.ts'
import { accept, answerWith, startHttpServer, startRawServer, whenWhole } from './servers.ts'

/** A server that redirects everything to `to`. */
function startRedirecting(to: HttpTestServer, status = 307): Promise<HttpTestServer> {
  return startHttpServer((request, response) => {
    response.writeHead(status, { location: to.url + request.path })
    response.end()
  })
}

describe('a redirect', () => {
  it.each([301, 302, 307, 308])('%i brings the same request to the new host', async (status) => {
    const home = await startHttpServer()
    const first = await startRedirecting(home, status)
    const destination = destinationAt(first.url, { allowedRedirectOrigins: [home.url] })
    const result = await send(destination, { operations: [operation(40_000)] })
    expect(result).toMatchObject({ response: { kind: 'delivered' }, status: 200, bodyLeft: true })
    const sent = first.received.map(({ headers: { host: _host, ...headers }, ...request }) => {
      return { ...request, headers: expect.objectContaining(headers) as unknown }
    })
    expect(sent).toMatchObject([{ method: 'POST', path: '/api/v2/batch' }])
    expect(home.received).toEqual(sent)
  })

  it('is remembered once the new host took a batch', async () => {
    const home = await startHttpServer()
    const first = await startRedirecting(home)
    const destination = destinationAt(first.url, { allowedRedirectOrigins: [home.url] })
    await send(destination)
    await send(destination)
    await destination.probe()
    expect(first.received).toHaveLength(1)
    expect(home.received).toHaveLength(3)
  })

  it('is remembered once the new host accepted a probe', async () => {
    const home = await startHttpServer(answerWith(200, '{"region":"eu","environment_id":3}'))
    const first = await startRedirecting(home)
    const destination = destinationAt(first.url, { allowedRedirectOrigins: [home.url] })
    expect(await destination.probe()).toMatchObject({ kind: 'accepted', region: 'eu' })
    await send(destination)
    expect(first.received).toHaveLength(1)
  })

  it('is not remembered while the new host refuses', async () => {
    const home = await startHttpServer(answerWith(404, ''))
    const first = await startRedirecting(home)
    const destination = destinationAt(first.url, { allowedRedirectOrigins: [home.url] })
    expect((await send(destination)).response).toEqual({ kind: 'wrong_address', status: 404 })
    await send(destination)
    expect(first.received).toHaveLength(2)
  })

  it('is forgotten with new credentials', async () => {
    const home = await startHttpServer()
    const first = await startRedirecting(home)
    const destination = destinationAt(first.url, { allowedRedirectOrigins: [home.url] })
    await send(destination)
    destination.setCredentials({ siteId: 'other', apiKey: 'other' })
    await send(destination)
    expect(first.received).toHaveLength(2)
  })

  it('never brings the credentials to a host that is not allowed', async () => {
    const stranger = await startHttpServer()
    const first = await startRedirecting(stranger)
    const result = await send(destinationAt(first.url))
    expect(result.response).toEqual({ kind: 'wrong_address', status: 307 })
    expect(stranger.connections).toHaveLength(0)
  })

  it('that turns the POST into a GET, or leads nowhere, is a wrong address', async () => {
    const home = await startHttpServer()
    const see = await startRedirecting(home, 303)
    const options = { allowedRedirectOrigins: [home.url] }
    const nowhere = await startHttpServer(answerWith(302, ''))
    expect((await send(destinationAt(see.url, options))).response.kind).toBe('wrong_address')
    expect((await send(destinationAt(nowhere.url))).response.kind).toBe('wrong_address')
    expect(home.connections).toHaveLength(0)
  })

  it('in a circle ends after three', async () => {
    const server = await startHttpServer((request, response) => {
      response.writeHead(308, { location: request.path })
      response.end()
    })
    const result = await send(destinationAt(server.url))
    expect(result.response).toEqual({ kind: 'wrong_address', status: 308 })
    expect(server.received).toHaveLength(4)
  })

  it('is not followed when the lease ended with the first answer', async () => {
    let valid = true
    const home = await startHttpServer(accept)
    const first = await startHttpServer((request, response) => {
      valid = false
      response.writeHead(307, { location: home.url + request.path })
      response.end()
    })
    const destination = destinationAt(first.url, { allowedRedirectOrigins: [home.url] })
    const result = await send(destination, { guard: () => valid })
    expect(result.response).toEqual({ kind: 'lease_over' })
    expect(home.connections).toHaveLength(0)
  })

  it('is followed when the answer broke off after its head', async () => {
    const home = await startHttpServer()
    const first = await startRawServer((socket) => {
      const location = `${home.url}/api/v2/batch`
      const head = `HTTP/1.1 307 Moved\r\nlocation: ${location}\r\ncontent-length: 9\r\n\r\n<h`
      whenWhole(socket, () => socket.end(head))
    })
    const destination = destinationAt(first.url, { allowedRedirectOrigins: [home.url] })
    expect((await send(destination)).response.kind).toBe('delivered')
  })

  it('is not remembered for credentials that were replaced meanwhile', async () => {
    const home = await startHttpServer((request, response) => {
      destination.setCredentials({ siteId: 'other', apiKey: 'other' })
      accept(request, response)
    })
    const first = await startRedirecting(home)
    const destination = destinationAt(first.url, { allowedRedirectOrigins: [home.url] })
    await send(destination)
    await send(destination)
    expect(first.received).toHaveLength(2)
  })

  it('shares one deadline with what came before it', async () => {
    // The first answer takes all but 50 ms of the time there is.
    const clock = new FakeClock()
    const home = await startHttpServer()
    const first = await startHttpServer((request, response) => {
      clock.nowMs += 9950
      response.writeHead(307, { location: home.url + request.path })
      response.end()
    })
    const options = { allowedRedirectOrigins: [home.url], clock }
    const result = await send(destinationAt(first.url, options), { timeoutMs: 10_000 })
    expect(clock.delaysMs).toEqual([10_000, 50])
    expect(result.durationMs).toBe(9950)
  })
})
