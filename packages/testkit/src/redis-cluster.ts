// A Redis Cluster of real processes on loopback: some masters, no replicas, the slots in equal ranges. It is ready when
// every node knows all others and says that all slots are served. Client ports and bus ports are free ports.
import { freePort } from './free-port.ts'
import { redisCommand } from './redis-command.ts'
import type { TestEnd } from './test-end.ts'
import { startTestRedis } from './test-redis.ts'
import type { TestRedis } from './test-redis.ts'
import { until } from './until.ts'

export interface RedisClusterOptions {
  /** Default 3. */
  masters?: number
  /** Settings that win over the file that infra ships, for every node. */
  args?: readonly string[]
  onEnd?: TestEnd
}

export interface RedisCluster {
  /** In the order of their slots: node `i` of `n` serves slots from `⌊i * 16384 / n⌋` on. */
  readonly nodes: readonly TestRedis[]
  /** What a client starts from. */
  readonly addresses: ReadonlyArray<{ host: string; port: number }>
  stop: () => Promise<void>
}

interface Node {
  redis: TestRedis
  port: number
  busPort: number
}

const SLOTS = 16_384

/** Resolves when the cluster serves; takes about two seconds, the nodes' own pace of meeting. */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const { masters = 3, args = [], onEnd } = options
  const nodes = await Promise.all(Array.from({ length: masters }, () => startNode(args)))
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map(({ redis }) => redis.stop()))
  }
  onEnd?.(stop)
  await form(nodes)
  const addresses = nodes.map(({ port }) => ({ host: '127.0.0.1', port }))
  return { nodes: nodes.map(({ redis }) => redis), addresses, stop }
}

async function startNode(args: readonly string[]): Promise<Node> {
  const [port, busPort] = [await freePort(), await freePort()]
  const own = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)]
  const redis = await startTestRedis({ port, args: [...own, ...args] })
  return { redis, port, busPort }
}

async function form(nodes: readonly Node[]): Promise<void> {
  for (const [i, { port }] of nodes.entries()) {
    const from = Math.floor((i * SLOTS) / nodes.length)
    const to = Math.floor(((i + 1) * SLOTS) / nodes.length) - 1
    await redisCommand(port, `CLUSTER SET-CONFIG-EPOCH ${i + 1}`)
    await redisCommand(port, `CLUSTER ADDSLOTSRANGE ${from} ${to}`)
  }
  const [first, ...others] = nodes
  for (const { port, busPort } of others) {
    await redisCommand(first?.port ?? 0, `CLUSTER MEET 127.0.0.1 ${port} ${busPort}`)
  }
  await Promise.all(nodes.map(({ port }) => waitUntilServed(port, nodes.length)))
}

async function waitUntilServed(port: number, size: number): Promise<void> {
  await until(() => redisCommand(port, 'CLUSTER INFO'), {
    accept: (info) => info.includes('cluster_state:ok') && info.includes(`known_nodes:${size}\r`),
    timeoutMs: 30_000,
    what: `a cluster of ${size} at port ${port}`,
  })
}
