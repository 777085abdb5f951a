// A Redis Cluster of real processes on loopback: some masters, the slots in equal ranges, and a replica for each where
// asked for. It is ready when every node knows all others, all slots are served and replicas are in step. Client ports
// and bus ports are free ports.
import { announceNode } from './announced-node.ts'
import type { AnnouncedNode } from './announced-node.ts'
import type { FaultProxy } from './fault-proxy.ts'
import { freePort } from './free-port.ts'
import { redisCommand } from './redis-command.ts'
import type { TestEnd } from './test-end.ts'
import { startTestRedis } from './test-redis.ts'
import type { TestRedis } from './test-redis.ts'
import { until } from './until.ts'

export interface RedisClusterOptions {
  /** Default 3. */
  masters?: number
  /** One for each master. Default false. */
  replicas?: boolean
  /** A fault proxy before each node, through which clients and replicas reach it; the bus has none. Default false. */
  proxied?: boolean
  /** Settings that win over the file that infra ships, for every node. */
  args?: readonly string[]
  onEnd?: TestEnd
}

export interface RedisCluster {
  /**
   * The masters in the order of their slots: node `i` of `n` serves slots from `⌊i * 16384 / n⌋` on. Then the replicas,
   * in the order of their masters.
   */
  readonly nodes: readonly TestRedis[]
  /** Before the nodes, in their order; empty unless asked for. */
  readonly proxies: readonly FaultProxy[]
  /** What a client starts from. */
  readonly addresses: ReadonlyArray<{ host: string; port: number }>
  stop: () => Promise<void>
}

interface Node extends AnnouncedNode {
  redis: TestRedis
  busPort: number
}

const SLOTS = 16_384
const READY_MS = 30_000

/** Resolves when the cluster serves; takes about two seconds, the nodes' own pace of meeting. */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const { masters = 3, replicas = false, proxied = false, args = [], onEnd } = options
  const count = replicas ? 2 * masters : masters
  const nodes = await Promise.all(Array.from({ length: count }, () => startNode(proxied, args)))
  const proxies = nodes.flatMap(({ proxy }) => proxy ?? [])
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map(({ redis }) => redis.stop()))
    await Promise.all(proxies.map((proxy) => proxy.stop()))
  }
  onEnd?.(stop)
  await form(nodes, masters)
  const addresses = nodes.map(({ announcedPort }) => ({ host: '127.0.0.1', port: announcedPort }))
  return { nodes: nodes.map(({ redis }) => redis), proxies, addresses, stop }
}

async function startNode(proxied: boolean, args: readonly string[]): Promise<Node> {
  const node = await announceNode(proxied)
  const busPort = await freePort()
  const cluster = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)]
  // By default a master waits five seconds for more replicas before it serves the first.
  const own = [...cluster, '--repl-diskless-sync-delay', '0']
  const announced = proxied ? ['--cluster-announce-port', String(node.announcedPort)] : []
  const redis = await startTestRedis({ port: node.port, args: [...own, ...announced, ...args] })
  return { ...node, redis, busPort }
}

async function form(nodes: readonly Node[], masters: number): Promise<void> {
  for (const [i, { port }] of nodes.entries()) {
    await redisCommand(port, `CLUSTER SET-CONFIG-EPOCH ${i + 1}`)
    if (i < masters) await serveSlots(port, i, masters)
  }
  const [first, ...others] = nodes
  for (const { port, busPort } of others) {
    await redisCommand(first?.port ?? 0, `CLUSTER MEET 127.0.0.1 ${port} ${busPort}`)
  }
  await Promise.all(nodes.map(({ port }) => waitUntilServed(port, nodes.length)))
  const pairs = nodes
    .slice(masters)
    .map((replica, i) => [nodes[i]?.port ?? 0, replica.port] as const)
  await Promise.all(pairs.map(([master, replica]) => follow(master, replica)))
}

async function serveSlots(port: number, i: number, masters: number): Promise<void> {
  const from = Math.floor((i * SLOTS) / masters)
  const to = Math.floor(((i + 1) * SLOTS) / masters) - 1
  await redisCommand(port, `CLUSTER ADDSLOTSRANGE ${from} ${to}`)
}

async function waitUntilServed(port: number, size: number): Promise<void> {
  await until(() => redisCommand(port, 'CLUSTER INFO'), {
    accept: (info) => info.includes('cluster_state:ok') && info.includes(`known_nodes:${size}\r`),
    timeoutMs: READY_MS,
    what: `a cluster of ${size} at port ${port}`,
  })
}

async function follow(master: number, replica: number): Promise<void> {
  await redisCommand(replica, `CLUSTER REPLICATE ${await redisCommand(master, 'CLUSTER MYID')}`)
  await until(() => redisCommand(master, 'INFO replication'), {
    accept: (info) => info.includes('state=online'),
    timeoutMs: READY_MS,
    what: `a replica of the node at port ${master}`,
  })
}
