import { RelayError } from '@retention-relay/events'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseRedisAddress } from '../src/index.ts'
import type { ClusterSeed } from '../src/index.ts'

const node = (host: string, port: number): object => ({ host, port })

describe('an address of Redis', () => {
  it.each<[string | ClusterSeed[], object]>([
    ['redis://shop', { kind: 'standalone', options: node('shop', 6379) }],
    [
      'redis://10.0.0.5:7000/2',
      { kind: 'standalone', options: { ...node('10.0.0.5', 7000), db: 2 } },
    ],
    ['redis://[::1]:7000', { kind: 'standalone', options: node('::1', 7000) }],
    [
      'redis://shop:p%40ss@host:1',
      { kind: 'standalone', options: { ...node('host', 1), username: 'shop', password: 'p@ss' } },
    ],
    ['redis://:p@host:1', { kind: 'standalone', options: { ...node('host', 1), password: 'p' } }],
    ['rediss://host:1', { kind: 'standalone', options: { ...node('host', 1), tls: {} } }],
    ['unix:///run/redis.sock', { kind: 'standalone', options: { path: '/run/redis.sock' } }],
    [
      '/run/redis.sock?db=1&password=p',
      { kind: 'standalone', options: { path: '/run/redis.sock', db: 1, password: 'p' } },
    ],
    [
      'redis+sentinel://:p@a:1,b/shop/3?sentinelPassword=s',
      {
        kind: 'sentinel',
        options: {
          sentinels: [node('a', 1), node('b', 26_379)],
          name: 'shop',
          db: 3,
          password: 'p',
          sentinelPassword: 's',
        },
      },
    ],
    [
      'rediss+sentinel://a:1/shop',
      {
        kind: 'sentinel',
        options: {
          sentinels: [node('a', 1)],
          name: 'shop',
          tls: {},
          sentinelTLS: {},
          enableTLSForSentinelMode: true,
        },
      },
    ],
    [
      'redis+cluster://u:p@a:1,b:2',
      {
        kind: 'cluster',
        nodes: [node('a', 1), node('b', 2)],
        options: { username: 'u', password: 'p' },
      },
    ],
    [
      'redis://a:1, redis://:p@b:2',
      { kind: 'cluster', nodes: [node('a', 1), node('b', 2)], options: { password: 'p' } },
    ],
    [
      ['rediss://a:1', { host: 'b', port: 2 }, 'c:3'],
      { kind: 'cluster', nodes: [node('a', 1), node('b', 2), node('c', 3)], options: { tls: {} } },
    ],
  ])('%j is understood', (address, parsed) => {
    expect(parseRedisAddress(address)).toEqual(parsed)
  })

  it.each<[string | ClusterSeed[], string]>([
    ['', 'empty'],
    ['localhost:6379', 'no scheme'],
    ['http://localhost', 'scheme http'],
    ['redis://', 'host or a port'],
    ['redis://host:70000', 'host or a port'],
    ['redis://host/zero', 'database'],
    ['redis://:50%@host', 'percent'],
    ['unix://run/redis.sock', 'absolute path'],
    ['redis+sentinel://a:1', 'name of the master'],
    ['redis+cluster://a:1/2', 'database 0'],
    ['redis://a:1/1,redis://b:2', 'database 0'],
    [[], 'list of nodes is empty'],
    [[{ host: 'a', port: 0 }], 'host and a port'],
  ])('%j is refused with what is wrong and the forms that work', (address, fault) => {
    const parse = (): unknown => parseRedisAddress(address)
    expect(parse).toThrow(RelayError)
    expect(parse).toThrow(fault)
    expect(parse).toThrow('redis+sentinel://host:26379')
  })

  it('that is refused never shows its password', () => {
    const password = fc.string({
      minLength: 8,
      unit: fc.constantFrom('x', '%', '/', '?', ':', '7'),
    })
    const broken = fc.constantFrom('redis://u:PW@', 'redis://u:PW@h:x', 'PW@h:1', 'http://:PW@h')
    fc.assert(
      fc.property(password, broken, (secret, form) => {
        const address = form.replace('PW', () => `Zz${secret}`)
        expect(messageOf(() => parseRedisAddress(address))).not.toContain('Zz')
      }),
    )
  })
})

const messageOf = (call: () => unknown): string => {
  try {
    return JSON.stringify(call())
  } catch (error) {
    return `${String(error)} ${JSON.stringify(error)}`
  }
}
