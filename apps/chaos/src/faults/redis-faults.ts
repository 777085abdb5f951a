// What happens to a single Redis.

import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { limitProcess, redisCommand, until } from '@retention-relay/testkit'
import type { TestProcess, TestRedis } from '@retention-relay/testkit'

import { PASSWORD, USER } from '../stage/redis-stand.ts'
import type { Outage } from '../stage/run-file.ts'
import type { Stage } from '../stage/stage.ts'
import { last } from './fault-action.ts'
import type { FaultAction } from './fault-action.ts'

/** What the append-only file may still take. */
const LAST_BYTES = 20_000

/** SIGKILL; it starts again on its data after the time. */
export const killRedis: FaultAction = (stage, { forMs }) =>
  duringOutage(stage, { what: 'redis_away', told: 'SIGKILL' }, async (redis) => {
    await redis.kill()
    await last(forMs)
    await redis.restart()
  })

/** The machine is gone with its disk: it comes back with nothing. */
export const emptyRedis: FaultAction = (stage, { forMs }) =>
  duringOutage(
    stage,
    { what: 'redis_away', told: 'SIGKILL, and its disk is lost' },
    async (redis) => {
      stage.runFile.knows(startedWorkers(stage))
      await redis.kill()
      rmSync(join(redis.folder, 'appendonlydir'), { recursive: true })
      await last(forMs)
      // Until here an answer of the lost one may be read.
      stage.runFile.wiped()
      await redis.restart()
    },
  )

/** Processes of workers that have opened the namespace. */
function startedWorkers({ workers, guests }: Stage): TestProcess[] {
  return [...workers, ...guests]
    .flatMap(({ process }) => process ?? [])
    .filter(({ lines }) => lines.some((line) => line.includes('"worker.started"')))
}

/** Connections stay open, and nothing is answered. */
export const freezeRedis: FaultAction = (stage, { forMs }) =>
  duringOutage(stage, { what: 'redis_silent', told: 'SIGSTOP' }, async (redis) => {
    redis.pause()
    await last(forMs)
    redis.resume()
  })

/** No more bytes in the append-only file. With `appendfsync always` Redis ends, and is started when there is room. */
export const fillDisk: FaultAction = async (stage, { forMs }) => {
  const redis = onlyNode(stage)
  stage.timeline.note('redis', 'its disk is full')
  await limitProcess(redis.pid, 'fsize', logBytes(redis) + LAST_BYTES)
  await last(forMs)
  const { code, signal } = await redis.kill()
  await redis.restart()
  stage.timeline.note('redis', `had ended with ${signal ?? `code ${code}`}; serves again`)
}

/** The same with `appendfsync everysec`: it goes on, answers reads, and refuses writes until there is room. */
export const fillDiskEverysec: FaultAction = async (stage, { forMs }) => {
  const redis = onlyNode(stage)
  stage.timeline.note('redis', 'its disk is full, and it goes on')
  await redisCommand(portOf(redis), 'CONFIG SET appendfsync everysec')
  await limitProcess(redis.pid, 'fsize', logBytes(redis) + LAST_BYTES)
  await last(forMs)
  await limitProcess(redis.pid, 'fsize', 'unlimited')
  await until(() => redisCommand(portOf(redis), 'INFO persistence'), {
    accept: (info) => info.includes('aof_last_write_status:ok'),
    what: 'an append-only file that can be written',
  })
  await redisCommand(portOf(redis), 'CONFIG SET appendfsync always')
  stage.timeline.note('redis', 'its disk has room again')
}

/** The password changes, connections are cut, and the old password is good again after the time. */
export const changePassword: FaultAction = (stage, { forMs }) =>
  duringOutage(stage, { what: 'redis_away', told: 'has another password' }, async (redis) => {
    await redisCommand(portOf(redis), `ACL SETUSER ${USER} resetpass >another`)
    await Promise.all(stage.redis.proxies().map((proxy) => proxy.cutAll()))
    await last(forMs)
    await redisCommand(portOf(redis), `ACL SETUSER ${USER} resetpass >${PASSWORD}`)
  })

/** `maxmemory` is what is in use. */
export const fillMemory: FaultAction = async (stage, { forMs }) => {
  const port = portOf(onlyNode(stage))
  const [, used = '0'] = /used_memory:(\d+)/.exec(await redisCommand(port, 'INFO memory')) ?? []
  stage.timeline.note('redis', `its memory is full: ${used} bytes`)
  await redisCommand(port, `CONFIG SET maxmemory ${used}`)
  await last(forMs)
  await redisCommand(port, 'CONFIG SET maxmemory 0')
  stage.timeline.note('redis', 'its memory has room again')
}

/** A replica whose master is nowhere: it answers reads and refuses writes. */
export const makeReadOnly: FaultAction = async (stage, { forMs }) => {
  const port = portOf(onlyNode(stage))
  stage.timeline.note('redis', 'takes no writes')
  await redisCommand(port, 'REPLICAOF 127.0.0.1 1')
  await last(forMs)
  await redisCommand(port, 'REPLICAOF NO ONE')
  stage.timeline.note('redis', 'takes writes again')
}

async function duringOutage(
  stage: Stage,
  outage: { what: Outage['what']; told: string },
  during: (redis: TestRedis) => Promise<void>,
): Promise<void> {
  stage.timeline.note('redis', outage.told)
  await stage.runFile.outage(outage.what, () => during(onlyNode(stage)))
  stage.timeline.note('redis', 'serves again')
}

function onlyNode({ redis }: Stage): TestRedis {
  return redis.nodes[0]!
}

function portOf({ port }: TestRedis): number {
  return port ?? 0
}

/** Bytes of the largest file of the append-only log. */
function logBytes({ folder }: TestRedis): number {
  const files = join(folder, 'appendonlydir')
  return Math.max(...readdirSync(files).map((file) => statSync(join(files, file)).size))
}
