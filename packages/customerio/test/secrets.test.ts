// The api key must not be found in anything that a log, an error or a debugger may print.

import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createTrackDestination } from '../src/track-destination.ts'
import { CREDENTIALS, destinationAt, send } from './destinations.ts'
import { answerWith, startHttpServer, startRawServer } from './servers.ts'

const SECRETS = [
  CREDENTIALS.apiKey,
  CREDENTIALS.siteId,
  Buffer.from(`${CREDENTIALS.siteId}:${CREDENTIALS.apiKey}`).toString('base64'),
]

/** All that can be printed of a value. */
function printed(value: unknown): string {
  const stack = value instanceof Error ? `${value.stack} ${String(value.cause)}` : ''
  return [inspect(value, { showHidden: true, depth: 20 }), JSON.stringify(value), stack].join('\n')
}

/** The secrets that can be found in what is printed of a value. */
function secretsIn(value: unknown): string[] {
  const text = printed(value)
  return SECRETS.filter((secret) => text.includes(secret))
}

function thrownBy(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}

describe('the credentials', () => {
  it('are sent, so that looking for them below means something', async () => {
    const server = await startHttpServer()
    await send(destinationAt(server.url))
    expect(secretsIn(server.received)).toEqual([SECRETS[2]])
  })

  it('are not part of the destination that is printed', async () => {
    const server = await startHttpServer()
    const destination = destinationAt(server.url)
    await send(destination)
    expect(secretsIn(destination)).toEqual([])
    expect(secretsIn({ destination, nested: [destination] })).toEqual([])
  })

  it('are not part of any result', async () => {
    const stranger = await startHttpServer()
    const servers = [
      await startHttpServer(answerWith(401, '{"meta":{"error":"Unauthorized request"}}')),
      await startHttpServer(answerWith(302, '', { location: stranger.url })),
      await startRawServer((socket) => socket.resetAndDestroy()),
      { url: 'http://127.0.0.1:1' },
    ]
    for (const { url } of servers) {
      const destination = destinationAt(url)
      expect(secretsIn(await send(destination))).toEqual([])
      expect(secretsIn(await destination.probe())).toEqual([])
    }
    expect(stranger.received).toEqual([])
  })

  it('are not part of the errors about settings', () => {
    const wrong = [
      { credentials: { ...CREDENTIALS, siteId: '' } },
      { credentials: { ...CREDENTIALS, siteId: `${CREDENTIALS.siteId}:` } },
      { credentials: CREDENTIALS, baseUrl: `https://${SECRETS.join(':')}@track.customer.io` },
      { credentials: CREDENTIALS, baseUrl: SECRETS.join('/') },
    ]
    for (const options of wrong) {
      const create = (): unknown => createTrackDestination({ version: '1', ...options })
      expect(create).toThrow(expect.objectContaining({ code: 'RELAY_CONFIG_INVALID' }))
      expect(secretsIn(thrownBy(create))).toEqual([])
    }
  })

  it('are not part of the error after close', async () => {
    const destination = destinationAt('http://127.0.0.1:1')
    await destination.close()
    expect(secretsIn(await send(destination).catch((error: unknown) => error))).toEqual([])
  })
})
