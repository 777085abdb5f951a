// What a Redis is and how it is set up, as far as it tells. Managed Redis often forbids CONFIG: what cannot be read
// is null ("cannot verify") and never a reason to refuse. A Cluster has one entry per master.

import type { Redis } from 'ioredis'

import { masters, nodeAddress } from './cluster-node.ts'
import type { RedisClient } from './client.ts'
import { OLDEST_REDIS, unusable } from './unusable.ts'

/** Facts of one Redis. Null: it does not tell. */
export interface RedisFacts {
  /** `host:port` or the path of the socket. */
  readonly node: string
  readonly server: 'redis' | 'valkey'
  /** Version of Redis that it is compatible with, for instance `7.2.4`. */
  readonly version: string | null
  readonly role: 'master' | 'replica' | null
  /** A replica that refuses writes. */
  readonly readOnly: boolean
  readonly mode: 'standalone' | 'cluster' | 'sentinel' | null
  /** `appendonly`. */
  readonly aof: boolean | null
  /** `appendfsync`: always, everysec or no. */
  readonly fsync: string | null
  /** `maxmemory-policy`. */
  readonly evictionPolicy: string | null
  readonly usedMemoryBytes: number | null
  /** 0: no limit. */
  readonly maxMemoryBytes: number | null
  readonly connectedReplicas: number | null
  /** Changes with each start of the process. */
  readonly runId: string | null
}

/** Reads the facts of each master. Rejects when the connection is lost. */
export async function inspectRedis(client: RedisClient): Promise<readonly RedisFacts[]> {
  return Promise.all(masters(client).map((node) => inspectNode(node)))
}

/** @throws RelayError `RELAY_REDIS_UNUSABLE` when the relay can never work with it. */
export function assertUsable(facts: RedisFacts, viaCluster: boolean): void {
  const { node, version, mode } = facts
  if (mode === 'sentinel') {
    throw unusable(`${node} is a Sentinel`, 'Write redis+sentinel://host:port/master-name.')
  }
  if (version !== null && isOlder(version, OLDEST_REDIS)) {
    throw unusable(`${node} is Redis ${version}`, 'Use Redis 7.0 or newer (Valkey counts).')
  }
  if (facts.readOnly) {
    throw unusable(
      `${node} is a read-only replica`,
      'Give the address of its master, or of its Sentinels.',
    )
  }
  if (mode === 'cluster' && !viaCluster) {
    throw unusable(`${node} is a node of a Redis Cluster`, 'Write redis+cluster://host:port.')
  }
}

/** `INFO` as a map; fields of all sections together. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const cut = line.indexOf(':')
    if (cut > 0 && !line.startsWith('#')) fields.set(line.slice(0, cut), line.slice(cut + 1))
  }
  return fields
}

async function inspectNode(node: Redis): Promise<RedisFacts> {
  const info = await readOrNull(node.info())
  const fields = parseInfo(info ?? '')
  const config = await readConfig(node)
  const role = fields.get('role')
  return {
    node: nodeAddress(node),
    server: fields.has('valkey_version') ? 'valkey' : 'redis',
    version: fields.get('redis_version') ?? null,
    role: role === undefined ? null : role === 'master' ? 'master' : 'replica',
    readOnly: role === 'slave' && fields.get('slave_read_only') !== '0',
    mode: modeOf(fields),
    aof: flag(fields.get('aof_enabled')),
    fsync: config.get('appendfsync') ?? null,
    evictionPolicy: fields.get('maxmemory_policy') ?? config.get('maxmemory-policy') ?? null,
    usedMemoryBytes: whole(fields.get('used_memory')),
    maxMemoryBytes: whole(fields.get('maxmemory') ?? config.get('maxmemory')),
    connectedReplicas: whole(fields.get('connected_slaves')),
    runId: fields.get('run_id') ?? null,
  }
}

async function readConfig(node: Redis): Promise<ReadonlyMap<string, string>> {
  const reply = await readOrNull(
    node.call('CONFIG', 'GET', 'appendfsync', 'maxmemory', 'maxmemory-policy'),
  )
  const list = Array.isArray(reply) ? reply.map(String) : []
  const pairs = list.flatMap((key, index): [string, string][] => {
    return index % 2 === 0 ? [[key, list[index + 1] ?? '']] : []
  })
  return new Map(pairs)
}

/** Null when Redis answers with an error (forbidden, renamed); rejects when it does not answer. */
async function readOrNull<Reply>(reply: Promise<Reply>): Promise<Reply | null> {
  try {
    return await reply
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return null
    throw error
  }
}

function modeOf(fields: ReadonlyMap<string, string>): RedisFacts['mode'] {
  const mode = fields.get('redis_mode') ?? fields.get('server_mode')
  if (mode === 'sentinel') return 'sentinel'
  const cluster = flag(fields.get('cluster_enabled'))
  return cluster === null ? null : cluster ? 'cluster' : 'standalone'
}

function flag(text: string | undefined): boolean | null {
  return text === undefined ? null : text !== '0'
}

function whole(text: string | undefined): number | null {
  return text === undefined || !/^[0-9]+$/.test(text) ? null : Number(text)
}

function isOlder(version: string, oldest: string): boolean {
  const [have, need] = [version, oldest].map((text) => text.split('.').map(Number))
  for (const [index, part] of (need ?? []).entries()) {
    const own = have?.[index] ?? 0
    if (own !== part) return own < part
  }
  return false
}
