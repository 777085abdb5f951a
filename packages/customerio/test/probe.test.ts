// The probe, against servers that know the credentials, that do not, and that are no Customer.io at all.

import { describe, expect, it } from 'vitest'
import { destinationAt, send } from './destinations.ts'
import { answerWith, startHttpServer } from './servers.ts'

const ACCOUNT = '{"url":"https://track-eu.customer.io","region":"eu","environment_id":42}'

describe('probe', () => {
  it('asks for the region of the account with the credentials, and without a body', async () => {
    const server = await startHttpServer(answerWith(200, ACCOUNT))
    const result = await destinationAt(server.url).probe()
    expect(result).toEqual({ kind: 'accepted', region: 'eu', environmentId: 42 })
    const request = server.received.at(0)
    expect(request).toMatchObject({ method: 'GET', path: '/api/v1/accounts/region', body: '' })
    expect(request?.headers.authorization).toMatch(/^Basic /)
    expect(request?.headers).not.toHaveProperty('content-length')
  })

  it('accepts an account that names no environment', async () => {
    const server = await startHttpServer(answerWith(200, '{"region":"us"}'))
    const result = await destinationAt(server.url).probe()
    expect(result).toEqual({ kind: 'accepted', region: 'us', environmentId: null })
  })

  it.each([401, 403])('is refused with %i', async (status) => {
    const server = await startHttpServer(answerWith(status, '{"meta":{"error":"no"}}'))
    expect(await destinationAt(server.url).probe()).toEqual({ kind: 'refused', status })
  })

  it.each([
    [200, '<html>Welcome to this hotel</html>'],
    [200, '{}'],
    [200, '[]'],
    [204, ''],
    [404, ACCOUNT],
    [502, '<html></html>'],
  ])('finds nothing that speaks for Customer.io behind a %i with %j', async (status, body) => {
    const server = await startHttpServer(answerWith(status, body))
    const detail = `HTTP ${status} that does not name a region`
    expect(await destinationAt(server.url).probe()).toEqual({ kind: 'unreachable', detail })
  })

  it('is unreachable when nobody listens, nobody answers, or it was stopped', async () => {
    const silent = await startHttpServer(() => undefined)
    const destination = destinationAt(silent.url)
    expect(await destinationAt('http://127.0.0.1:1').probe()).toMatchObject({
      kind: 'unreachable',
      detail: expect.stringContaining('ECONNREFUSED'),
    })
    expect(await destination.probe({ timeoutMs: 50 })).toMatchObject({
      kind: 'unreachable',
      detail: 'no whole answer in time',
    })
    expect(await destination.probe({ signal: AbortSignal.abort() })).toMatchObject({
      kind: 'unreachable',
      detail: 'the probe was stopped',
    })
  })
  it('that was stopped while it waited for a connection is never sent later', async () => {
    const server = await startHttpServer()
    const destination = destinationAt(server.url, { connections: 1 })
    const stop = new AbortController()
    const first = send(destination)
    const stopped = destination.probe({ signal: stop.signal })
    stop.abort()
    expect((await stopped).kind).toBe('unreachable')
    await first
    await send(destination)
    expect(server.received.map((request) => request.method)).toEqual(['POST', 'POST'])
  })
})
