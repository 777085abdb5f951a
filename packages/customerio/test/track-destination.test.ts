// The destination against a server that behaves: what is sent, and what comes back.

import { describe, expect, it } from 'vitest'
import { createTrackDestination } from '../src/track-destination.ts'
import { CREDENTIALS, destinationAt, operation, send } from './destinations.ts'
import { answerWith, startHttpServer } from './servers.ts'

describe('send', () => {
  it('posts the operations unchanged, with length, credentials and user agent', async () => {
    const server = await startHttpServer()
    const operations = ['{"a":"é"}', '{"b":2}']
    const result = await send(destinationAt(server.url), { operations })
    const body = '{"batch":[{"a":"é"},{"b":2}]}'
    expect(server.received).toEqual([
      { method: 'POST', path: '/api/v2/batch', body, headers: expect.anything() },
    ])
    const basic = Buffer.from('site-4711:key-do-not-tell').toString('base64')
    const headers = server.received.at(0)?.headers
    expect(headers).toMatchObject({
      authorization: `Basic ${basic}`,
      'user-agent': 'retention-relay/1.2.3',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    })
    expect(headers).not.toHaveProperty('transfer-encoding')
    expect(headers).not.toHaveProperty('accept-encoding')
    expect(headers).not.toHaveProperty('content-encoding')
    expect(result).toEqual({
      response: { kind: 'delivered' },
      status: 200,
      durationMs: expect.any(Number),
      requestBytes: Buffer.byteLength(body),
      bodyLeft: true,
    })
  })

  it('sends one operation alone as a batch of one', async () => {
    const server = await startHttpServer()
    await send(destinationAt(server.url), { operations: ['{"a":1}'] })
    expect(server.received[0]).toMatchObject({ path: '/api/v2/batch', body: '{"batch":[{"a":1}]}' })
  })

  it('brings a batch of many chunks over whole', async () => {
    const server = await startHttpServer()
    const operations = Array.from({ length: 500 }, () => operation(900))
    const result = await send(destinationAt(server.url), { operations })
    expect(result).toMatchObject({ response: { kind: 'delivered' }, bodyLeft: true })
    expect(JSON.parse(server.received.at(0)?.body ?? '')).toEqual({
      batch: operations.map((text): unknown => JSON.parse(text)),
    })
    expect(server.received.at(0)?.body).toHaveLength(result.requestBytes)
  })

  it('keeps its connections: at most two for one request after another', async () => {
    // Two, since undici frees a connection a moment after the answer and meanwhile takes another one.
    const server = await startHttpServer()
    const destination = destinationAt(server.url)
    for (let request = 0; request < 20; request += 1) await send(destination)
    expect(server.received).toHaveLength(20)
    expect(server.connections.length).toBeLessThanOrEqual(2)
  })

  it('makes no more connections than it may; further requests wait', async () => {
    const server = await startHttpServer()
    const destination = destinationAt(server.url, { connections: 2 })
    const results = await Promise.all(Array.from({ length: 20 }, () => send(destination)))
    expect(results.every((result) => result.response.kind === 'delivered')).toBe(true)
    expect(server.connections).toHaveLength(2)
  })

  it('reads a 207 that names every item of a large batch', async () => {
    const message = 'property value cannot be longer than 1000 bytes'
    const errors = Array.from({ length: 500 }, (_, index) => {
      return { batch_index: index, reason: 'invalid', field: 'f'.repeat(500), message }
    })
    const server = await startHttpServer(answerWith(207, JSON.stringify({ errors })))
    const operations = Array.from({ length: 500 }, () => operation())
    const { response } = await send(destinationAt(server.url), { operations })
    expect(response).toMatchObject({ kind: 'partly_refused' })
    expect(response.kind === 'partly_refused' && response.rejections.length).toBe(500)
  })

  it('tells the wait that a 429 asks for', async () => {
    const server = await startHttpServer(answerWith(429, '', { 'retry-after': '7' }))
    const { response, status } = await send(destinationAt(server.url))
    expect(status).toBe(429)
    expect(response).toMatchObject({ kind: 'retry', cause: 'rate_limited', retryAfterMs: 7000 })
  })

  it('keeps a path of the configured address', async () => {
    const server = await startHttpServer()
    await send(destinationAt(`${server.url}/customerio/`))
    expect(server.received.at(0)?.path).toBe('/customerio/api/v2/batch')
  })

  it('uses new credentials from the next request on', async () => {
    const server = await startHttpServer()
    const destination = destinationAt(server.url)
    await send(destination)
    destination.setCredentials({ siteId: 'ünicode', apiKey: 'new' })
    await send(destination)
    const sent = server.received.map((request) => request.headers.authorization?.slice(6) ?? '')
    expect(sent.map((text) => Buffer.from(text, 'base64').toString())).toEqual([
      'site-4711:key-do-not-tell',
      'ünicode:new',
    ])
  })
})

describe('createTrackDestination', () => {
  it.each([
    [{ baseUrl: 'track.customer.io' }, /CUSTOMERIO_TRACK_URL/],
    [{ baseUrl: 'ftp://track.customer.io' }, /CUSTOMERIO_TRACK_URL/],
    [{ baseUrl: 'https://user:secret@track.customer.io' }, /CUSTOMERIO_TRACK_URL/],
    [{ baseUrl: 'https://track.customer.io/?a=1' }, /CUSTOMERIO_TRACK_URL/],
    [{ credentials: { siteId: '', apiKey: 'k' } }, /CUSTOMERIO_SITE_ID/],
    [{ credentials: { siteId: 'a:b', apiKey: 'k' } }, /CUSTOMERIO_SITE_ID/],
    [{ credentials: { siteId: 'a', apiKey: '' } }, /CUSTOMERIO_API_KEY/],
  ])('names the setting that cannot be right: %j', (options, setting) => {
    const settings = { credentials: CREDENTIALS, version: '1', ...options }
    expect(() => createTrackDestination(settings)).toThrow(setting)
    expect(() => createTrackDestination(settings)).toThrow(
      expect.objectContaining({ code: 'RELAY_CONFIG_INVALID' }),
    )
  })
})
