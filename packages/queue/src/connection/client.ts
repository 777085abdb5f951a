// Makes the connections to Redis. Every one has the same manners, whatever the address and whoever calls:
// nothing is queued while Redis is away, nothing is sent again behind our back, and a connection that stays silent
// for 5 s is closed. Who sends a command therefore always learns its fate: an answer, or that there is none.
//
// In a Cluster ioredis opens a connection to a node with the first command and refuses the commands that follow
// until it stands, and looks for the successor of a lost master only when a command fails; so both is done ahead.

import { Cluster, Redis } from 'ioredis'
import type { ClusterOptions, RedisOptions } from 'ioredis'

import { parseRedisAddress } from './address.ts'
import type { ClusterSeed } from './address.ts'

/** A connection to one Redis, or to a Cluster. */
export type RedisClient = Redis | Cluster

/** Where Redis is: an address, the nodes of a Cluster, or a client of the caller's own to copy. */
export type RedisAddress = string | readonly ClusterSeed[] | RedisClient

/** How a client is made. */
export interface RedisClientOptions {
  /** Shown by `CLIENT LIST`, for instance `relay-producer`. */
  readonly name: string
  /** Settings of single connections that win over ours: a blocking reader needs another `socketTimeout`. */
  readonly options?: Partial<RedisOptions>
  /** 0 ≤ x < 1, for the waits between attempts. Default `Math.random`. */
  readonly random?: () => number
}

/** A connection on which a command has had no answer for this long is closed. */
export const SOCKET_TIMEOUT_MS = 5000

const CONNECT_TIMEOUT_MS = 5000
const FIRST_RECONNECT_MS = 50
const RECONNECT_CAP_MS = 1000
const NODE_LOST_PAUSE_MS = 200

/**
 * Connects. The client is returned before the connection stands; `awaitRedis` waits for it. Errors of the
 * connection show in its status and in the commands' fates; listen to `error` only to report them.
 *
 * A client of the caller's own is a template: address, credentials, TLS and database are copied, everything that
 * bears on the fate of commands is ours, and a `keyPrefix` is dropped, since the keys are fixed on the wire.
 *
 * @throws RelayError `RELAY_CONFIG_INVALID` for an address that cannot be understood.
 */
export function createRedisClient(address: RedisAddress, options: RedisClientOptions): RedisClient {
  const client = connect(address, options)
  // ioredis prints errors that nobody listens to.
  client.on('error', () => undefined)
  // Every partition of a worker waits for the same connection, which Node takes for a leak.
  client.setMaxListeners(0)
  return client
}

/** Closes at once, also while Redis hangs or is away. Commands without an answer are rejected. */
export function closeRedisClient(client: RedisClient): void {
  const nodes = isCluster(client) ? client.nodes() : [client]
  client.disconnect()
  // `disconnect` waits for the other side to close, which a hung Redis does not.
  for (const node of nodes) (node.stream as Redis['stream'] | undefined)?.destroy()
}

/** True for a client of a Cluster. */
export function isCluster(client: RedisClient): client is Cluster {
  return client.isCluster
}

function connect(address: RedisAddress, options: RedisClientOptions): RedisClient {
  if (isClient(address)) return copy(address, options)
  const parsed = parseRedisAddress(address)
  if (parsed.kind !== 'cluster') {
    return revived(new Redis({ ...parsed.options, ...connectionOptions(options) }))
  }
  const nodes = parsed.nodes.map(({ host, port }) => ({ host, port }))
  return eager(new Cluster(nodes, clusterOptions(options, parsed.options)))
}

function copy(template: RedisClient, options: RedisClientOptions): RedisClient {
  if (!isCluster(template)) return revived(template.duplicate(connectionOptions(options)))
  return eager(template.duplicate([], clusterOptions(options, template.options.redisOptions ?? {})))
}

/**
 * Connects again when the client has ended and nobody closed it. ioredis gives up for good when its failover detector
 * ends the attempt that is under way: a failover that is announced while it asks the sentinels for the master.
 */
function revived(client: Redis): Redis {
  let isClosed = false
  const disconnect = client.disconnect.bind(client)
  client.disconnect = (reconnect = false) => {
    if (!reconnect) isClosed = true
    disconnect(reconnect)
  }
  // Not within the event: ioredis has more to do for its end.
  client.on('end', () => {
    if (isClosed) return
    setTimeout(() => {
      if (!isClosed && client.status === 'end') client.connect().catch(() => undefined)
    }, FIRST_RECONNECT_MS)
  })
  return client
}

/** Connects to each master as soon as the Cluster is ready, and asks for the slots again when a node was lost. */
function eager(cluster: Cluster): Cluster {
  let timer: NodeJS.Timeout | undefined
  // Not before: the Cluster's own check asks any node, and fails on one whose connection is being made.
  cluster.on('ready', () => cluster.nodes('master').forEach((node) => connectNode(node)))
  cluster.on('+node', (node: Redis) => {
    takeRejection(node)
    if (cluster.status === 'ready' && node.options.readOnly !== true) connectNode(node)
  })
  cluster.on('-node', () => {
    if (cluster.status !== 'ready') return
    timer ??= setTimeout(() => {
      timer = undefined
      cluster.refreshSlotsCache()
    }, NODE_LOST_PAUSE_MS)
  })
  cluster.on('end', () => clearTimeout(timer))
  return cluster
}

/**
 * While a slot moves ioredis sends ASKING ahead of a command, and nobody takes its rejection when the connection is lost then:
 * Node ends the process for it. The command that follows is rejected too, and its caller knows.
 */
function takeRejection(node: Redis): void {
  const asking = node.asking.bind(node)
  node.asking = () => {
    const reply = asking()
    reply.catch(() => undefined)
    return reply
  }
}

function connectNode(node: Redis): void {
  if (node.status === 'wait') node.connect().catch(() => undefined)
}

function isClient(address: RedisAddress): address is RedisClient {
  return typeof address === 'object' && 'duplicate' in address
}

type ConnectionOptions = RedisOptions & { replyMapping: 'legacy' }

function connectionOptions(client: RedisClientOptions): ConnectionOptions {
  const { name, options = {}, random = Math.random } = client
  return {
    connectionName: name,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    enableReadyCheck: true,
    socketTimeout: SOCKET_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
    failoverDetector: true,
    retryStrategy: (attempt) => reconnectDelayMs(attempt, random),
    // A master that became a replica: its name leads to the new master on the next connection.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    // What follows undoes settings of a template.
    commandTimeout: undefined,
    blockingTimeout: undefined,
    enableAutoPipelining: false,
    keyPrefix: '',
    lazyConnect: false,
    monitor: false,
    readOnly: false,
    scripts: undefined,
    stringNumbers: false,
    ...options,
    replyMapping: 'legacy',
  }
}

function clusterOptions(
  options: RedisClientOptions,
  access: RedisOptions,
): ClusterOptions & { redisOptions: ConnectionOptions } {
  const random = options.random ?? Math.random
  return {
    clusterRetryStrategy: (attempt) => reconnectDelayMs(attempt, random),
    // A lost node is found again through MOVED and the refresh of the slots.
    clusterNodeRetryStrategy: null,
    enableOfflineQueue: false,
    enableReadyCheck: true,
    scaleReads: 'master',
    // 0: a command whose connection was lost is not sent again by ioredis.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    enableAutoPipelining: false,
    keyPrefix: '',
    lazyConnect: false,
    scripts: undefined,
    redisOptions: { ...access, ...connectionOptions(options), lazyConnect: true },
  }
}

/** Full jitter: many clients that lost one Redis do not come back in the same moment. */
function reconnectDelayMs(attempt: number, random: () => number): number {
  const cap = Math.min(RECONNECT_CAP_MS, FIRST_RECONNECT_MS * 2 ** Math.min(attempt - 1, 16))
  return Math.ceil(random() * cap)
}
