// One master, one replica and three sentinels, all real processes on loopback, with short patience: by default half a second
// of silence and two of three votes make a failover. Ready when every sentinel knows the replica and both other sentinels.
// Which of the two is the master is asked of the sentinels, since that is what changes.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { findRedisServer, startRedis } from '@retention-relay/local-redis'

import { announceNode } from './announced-node.ts'
import type { AnnouncedNode } from './announced-node.ts'
import type { FaultProxy } from './fault-proxy.ts'
import { freePort } from './free-port.ts'
import { redisCommand } from './redis-command.ts'
import { cacheDir } from './repository.ts'
import type { TestEnd } from './test-end.ts'
import { startTestRedis } from './test-redis.ts'
import type { TestRedis } from './test-redis.ts'
import { until } from './until.ts'
import { startWatchdog } from './watchdog.ts'
import type { Watchdog } from './watchdog.ts'

export interface SentinelOptions {
  /** Settings that win over the file that infra ships, for master and replica. */
  args?: readonly string[]
  /** A fault proxy before each of the two, through which all others reach it. Default false. */
  proxied?: boolean
  /** Silence after which a sentinel takes a node for down, in milliseconds. Default 500. */
  downAfterMs?: number
  onEnd?: TestEnd
}

export interface Sentinels {
  /** The name under which the sentinels know the master. */
  readonly name: string
  /** What a client starts from. */
  readonly addresses: ReadonlyArray<{ host: string; port: number }>
  /** The master and the replica of the beginning. */
  readonly master: TestRedis
  readonly replica: TestRedis
  /** Before the master and the replica of the beginning; empty unless asked for. */
  readonly proxies: readonly FaultProxy[]
  /** What each of the sentinels writes; removed by `stop`. */
  readonly logFiles: readonly string[]
  /** Which of the two all sentinels take for the master; undefined while they do not agree. */
  currentMaster: () => Promise<TestRedis | undefined>
  /** Makes the other one the master; resolves when all sentinels know. For a crash kill the master and wait. */
  failOver: () => Promise<void>
  stop: () => Promise<void>
}

const NAME = 'relay'
const COUNT = 3
const LOG_FILE = 'sentinel.log'
const READY_MS = 30_000
/** How often they look and talk, in ms; by default seconds, so that a former master follows only after ten. */
const HASTE = 'info-period 200 publish-period 200 ask-period 200'

/** Resolves when a failover can take place; takes about a second. */
export async function startSentinels(options: SentinelOptions = {}): Promise<Sentinels> {
  const folder = mkdtempSync(join(tmpdir(), 'relay-sentinels-'))
  const watchdog = startWatchdog(folder)
  const { args = [], proxied = false, downAfterMs = 500 } = options
  const pair = [await announceNode(proxied), await announceNode(proxied)] as const
  const [master, replica] = await startPair(pair, args)
  const proxies = pair.flatMap(({ proxy }) => proxy ?? [])
  const stop = async (): Promise<void> => {
    await Promise.all([watchdog.close(), master.stop(), replica.stop()])
    await Promise.all(proxies.map((proxy) => proxy.stop()))
  }
  options.onEnd?.(stop)
  const folders = Array.from({ length: COUNT }, (_, i) => join(folder, String(i)))
  const ports = await Promise.all(
    folders.map((own) =>
      startSentinel(own, settings(pair[0].announcedPort, downAfterMs), watchdog),
    ),
  )
  await Promise.all(ports.map(waitUntilReady))
  const addresses = ports.map((port) => ({ host: '127.0.0.1', port }))
  const nodes = new Map([
    [pair[0].announcedPort, master],
    [pair[1].announcedPort, replica],
  ])
  const logFiles = folders.map((own) => join(own, LOG_FILE))
  const currentMaster = (): Promise<TestRedis | undefined> => agree(ports, nodes)
  const failOver = (): Promise<void> => changeMaster(ports, currentMaster)
  const found = { name: NAME, addresses, master, replica, proxies, logFiles }
  return { ...found, currentMaster, failOver, stop }
}

type Pair = readonly [master: AnnouncedNode, replica: AnnouncedNode]

async function startPair(
  [first, second]: Pair,
  args: readonly string[],
): Promise<[TestRedis, TestRedis]> {
  const own = ['--repl-diskless-sync-delay', '0', ...args]
  const master = await startNode(first, own)
  const following = ['--replicaof', '127.0.0.1', String(first.announcedPort)]
  const replica = await startNode(second, [...following, ...own])
  await until(() => redisCommand(first.port, 'INFO replication'), {
    accept: (info) => info.includes('state=online'),
    timeoutMs: READY_MS,
    what: 'a replica in step',
  })
  return [master, replica]
}

async function startNode(node: AnnouncedNode, args: readonly string[]): Promise<TestRedis> {
  const { port, announcedPort } = node
  const announced = ['--replica-announce-ip', '127.0.0.1', '--replica-announce-port']
  return await startTestRedis({ port, args: [...announced, String(announcedPort), ...args] })
}

/** A sentinel keeps what it learns in its settings file, so each has its own. */
async function startSentinel(folder: string, config: string, watchdog: Watchdog): Promise<number> {
  const binary = await findRedisServer({ cacheDir })
  const port = await freePort()
  const configFile = join(folder, 'sentinel.conf')
  mkdirSync(folder)
  writeFileSync(configFile, config)
  const onSpawn = watchdog.guard
  const logFile = join(folder, LOG_FILE)
  const args = ['--sentinel']
  await startRedis({ binary, dataDir: folder, configFile, port, args, logFile, onSpawn })
  await redisCommand(port, `SENTINEL DEBUG ${HASTE}`)
  return port
}

function settings(masterPort: number, downAfterMs: number): string {
  return `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2
sentinel down-after-milliseconds ${NAME} ${downAfterMs}
sentinel failover-timeout ${NAME} 5000
`
}

interface View {
  status: string
  masterPort: number
  replicas: number
  sentinels: number
}

/** What one sentinel believes. */
async function look(port: number): Promise<View> {
  const info = await redisCommand(port, 'INFO sentinel')
  const line = /status=(\w+),address=[^:]+:(\d+),slaves=(\d+),sentinels=(\d+)/.exec(info)
  const [, status = '', masterPort, replicas, sentinels] = line ?? []
  return {
    status,
    masterPort: Number(masterPort),
    replicas: Number(replicas),
    sentinels: Number(sentinels),
  }
}

async function waitUntilReady(port: number): Promise<void> {
  await until(() => look(port), {
    accept: ({ status, replicas, sentinels }) =>
      status === 'ok' && replicas === 1 && sentinels === COUNT,
    timeoutMs: READY_MS,
    what: 'sentinels that know each other',
  })
}

/** `nodes`: by the ports under which the sentinels know them. */
async function agree(
  ports: readonly number[],
  nodes: ReadonlyMap<number, TestRedis>,
): Promise<TestRedis | undefined> {
  const views = await Promise.all(ports.map(look))
  const masters = [...new Set(views.map(({ masterPort }) => masterPort))]
  return masters.length === 1 ? nodes.get(masters[0] ?? 0) : undefined
}

async function changeMaster(
  ports: readonly number[],
  currentMaster: Sentinels['currentMaster'],
): Promise<void> {
  const before = await currentMaster()
  await redisCommand(ports[0] ?? 0, `SENTINEL FAILOVER ${NAME}`)
  await until(currentMaster, {
    accept: (now) => now !== undefined && now !== before,
    timeoutMs: READY_MS,
    what: 'another master',
  })
}
