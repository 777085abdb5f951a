// Where Redis is: the text of REDIS_URL, or a list of nodes, becomes what a client needs. A wrong address is the
// commonest fault of a configuration, so every refusal says which part is wrong and shows the forms that work,
// and none of them ever shows a password.
//
//   redis://[user:password@]host:port[/db]          one Redis, plain
//   rediss://…                                      the same over TLS
//   unix:///path/redis.sock[?db=0&password=…]       a unix socket; a bare /path/redis.sock too
//   redis+sentinel://[user:password@]h:p,h:p/name[/db][?sentinelUsername=…&sentinelPassword=…]
//   redis+cluster://[user:password@]h:p,h:p         a Cluster; a comma-separated list of redis:// addresses too
//   rediss+sentinel://, rediss+cluster://           the same over TLS

import { RelayError } from '@retention-relay/events'
import type { RedisOptions } from 'ioredis'

import { parseHostPort, parseParts } from './address-parts.ts'
import type { AddressParts, HostPort } from './address-parts.ts'

/** One node of a Cluster: an address or its parts. */
export type ClusterSeed = string | { readonly host: string; readonly port: number }

/** An address that was understood. */
export type ParsedRedisAddress =
  | { readonly kind: 'standalone'; readonly options: RedisOptions }
  | { readonly kind: 'sentinel'; readonly options: RedisOptions }
  | {
      readonly kind: 'cluster'
      readonly nodes: readonly HostPort[]
      readonly options: RedisOptions
    }

/**
 * Reads an address. A list, as an array or with commas between whole addresses, means a Redis Cluster.
 *
 * @throws RelayError `RELAY_CONFIG_INVALID` when it cannot be understood; the message never holds a password.
 */
export function parseRedisAddress(address: string | readonly ClusterSeed[]): ParsedRedisAddress {
  if (typeof address !== 'string') return parseCluster(address)
  const text = address.trim()
  if (text === '') throw invalid('it is empty')
  if (text.startsWith('/')) return parseSocket(text)
  const scheme = /^([a-z+]+):\/\//.exec(text)?.[1] ?? ''
  switch (scheme) {
    case 'unix':
      return parseSocket(text.slice('unix://'.length))
    case 'redis+sentinel':
    case 'rediss+sentinel':
      return parseSentinel(parse(text))
    case 'redis+cluster':
    case 'rediss+cluster':
      return parseClusterUrl(parse(text))
    case 'redis':
    case 'rediss':
      return text.includes(',') ? parseCluster(text.split(',')) : parseStandalone(parse(text))
    default:
      throw invalid(scheme === '' ? 'it has no scheme' : `the scheme ${scheme} is not known`)
  }
}

function parseStandalone(parts: AddressParts): ParsedRedisAddress {
  const node = onlyNode(parts)
  return { kind: 'standalone', options: { ...access(parts), ...node, ...database(parts.path[0]) } }
}

function parseSocket(text: string): ParsedRedisAddress {
  const cut = text.indexOf('?')
  const path = cut === -1 ? text : text.slice(0, cut)
  if (!path.startsWith('/')) throw invalid('a unix socket needs an absolute path')
  const query = new URLSearchParams(cut === -1 ? '' : text.slice(cut + 1))
  const username = query.get('username')
  const password = query.get('password')
  return {
    kind: 'standalone',
    options: {
      path,
      ...database(query.get('db') ?? undefined),
      ...(username === null ? {} : { username }),
      ...(password === null ? {} : { password }),
    },
  }
}

function parseSentinel(parts: AddressParts): ParsedRedisAddress {
  const [name, db] = parts.path
  if (name === undefined) throw invalid('a Sentinel address ends with the name of the master')
  const username = parts.query.get('sentinelUsername')
  const password = parts.query.get('sentinelPassword')
  const secured = parts.tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}
  return {
    kind: 'sentinel',
    options: {
      ...access(parts),
      ...secured,
      ...database(db),
      sentinels: [...parts.nodes],
      name,
      ...(username === null ? {} : { sentinelUsername: username }),
      ...(password === null ? {} : { sentinelPassword: password }),
    },
  }
}

function parseClusterUrl(parts: AddressParts): ParsedRedisAddress {
  if (parts.path.length > 0) throw invalid('a Redis Cluster has only database 0')
  return { kind: 'cluster', nodes: parts.nodes, options: access(parts) }
}

/** Whole addresses, or hosts and ports. The first that names a user, a password or TLS counts for all. */
function parseCluster(seeds: readonly ClusterSeed[]): ParsedRedisAddress {
  if (seeds.length === 0) throw invalid('the list of nodes is empty')
  const all = seeds.map((seed) => parseSeed(seed))
  const secured = all.find((parts) => parts.password !== undefined || parts.tls)
  const nodes = all.map((parts) => onlyNode(parts))
  return { kind: 'cluster', nodes, options: secured === undefined ? {} : access(secured) }
}

function parseSeed(seed: ClusterSeed): AddressParts {
  if (typeof seed === 'string') {
    const text = seed.trim()
    const parts = parse(/^rediss?:\/\//.test(text) ? text : `redis://${text}`)
    if (parts.path.length > 0) throw invalid('a Redis Cluster has only database 0')
    return parts
  }
  const nodes = [parseHostPort(`${seed.host}:${seed.port}`)]
  if (nodes[0] === null) throw invalid('a node needs a host and a port')
  return { tls: false, nodes: nodes as HostPort[], path: [], query: new URLSearchParams() }
}

function parse(text: string): AddressParts {
  const parts = parseParts(text)
  if (typeof parts === 'string') throw invalid(parts)
  return parts
}

function onlyNode(parts: AddressParts): HostPort {
  const [node, second] = parts.nodes
  if (node === undefined || second !== undefined)
    throw invalid('one host and port is expected here')
  return node
}

function access(parts: AddressParts): RedisOptions {
  return {
    ...(parts.username === undefined ? {} : { username: parts.username }),
    ...(parts.password === undefined ? {} : { password: parts.password }),
    ...(parts.tls ? { tls: {} } : {}),
  }
}

function database(text: string | undefined): RedisOptions {
  if (text === undefined) return {}
  if (!/^[0-9]{1,5}$/.test(text)) throw invalid('the database is not a number')
  return { db: Number(text) }
}

function invalid(fault: string): RelayError {
  return new RelayError(
    'RELAY_CONFIG_INVALID',
    `The Redis address cannot be used: ${fault}. Give redis://host:6379, rediss://host:6379, ` +
      'unix:///path/redis.sock, redis+sentinel://host:26379,host:26379/master-name or redis+cluster://host:6379,host:6379; ' +
      'in a password write @ as %40, / as %2F, ? as %3F and % as %25.',
  )
}
