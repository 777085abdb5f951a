// What happens to a single Redis whose append-only file finds no room. A limit on the size of its files stands for the disk:
// to Redis, whose process ignores the signal, it is a failed write.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { limitProcess, redisCommand, until } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'

import type { Stage } from '../stage/stage.ts'
import { last } from './fault-action.ts'
import type { FaultAction } from './fault-action.ts'
import { duringOutage, onlyNode, portOf } from './only-redis.ts'

/** What the append-only file may still take. */
const LAST_BYTES = 20_000

/** No more bytes in the append-only file. With `appendfsync always` Redis ends, and is started when there is room. */
export const fillDisk: FaultAction = async (stage, { forMs }) => {
  const redis = onlyNode(stage)
  const endsBefore = redis.ownEnds.length
  stage.timeline.note('redis', 'its disk is full')
  await limitProcess(redis.pid, 'fsize', logBytes(redis) + LAST_BYTES)
  const ended = await until(() => redis.ownEnds[endsBefore], { timeoutMs: forMs }).catch(
    () => undefined,
  )
  if (ended === undefined) {
    await limitProcess(redis.pid, 'fsize', 'unlimited')
    return 'skipped'
  }
  stage.meantEnds.add(ended)
  const told = `has ended with ${ended.signal ?? `code ${ended.code}`}`
  return await duringOutage(stage, { what: 'redis_away', told }, async () => {
    await last(stage, forMs)
    await redis.restart()
  })
}

/** The same with `appendfsync everysec`: it goes on, answers reads, and refuses writes until there is room. */
export const fillDiskEverysec: FaultAction = async (stage, { forMs }) => {
  const redis = onlyNode(stage)
  stage.timeline.note('redis', 'its disk is full, and it goes on')
  await redisCommand(portOf(redis), 'CONFIG SET appendfsync everysec')
  await limitProcess(redis.pid, 'fsize', logBytes(redis) + LAST_BYTES)
  const isMet = await refusesFor(stage, redis, forMs)
  await limitProcess(redis.pid, 'fsize', 'unlimited')
  await until(() => lastWriteOf(redis), {
    accept: (status) => status === 'ok',
    what: 'an append-only file that can be written',
  })
  await redisCommand(portOf(redis), 'CONFIG SET appendfsync always')
  stage.timeline.note('redis', 'its disk has room again')
  return isMet ? undefined : 'skipped'
}

/** Lets the time go by; whether Redis came to refuse writes in it. */
async function refusesFor(stage: Stage, redis: TestRedis, forMs: number): Promise<boolean> {
  const endsAt = performance.now() + forMs
  const met = until(() => lastWriteOf(redis), {
    accept: (status) => status === 'err',
    timeoutMs: forMs,
  })
  const isMet = await met.then(
    () => true,
    () => false,
  )
  const told = isMet ? 'refuses writes (MISCONF)' : 'has not met the end of its disk'
  stage.timeline.note('redis', told)
  if (!isMet) return false
  const restMs = Math.max(0, endsAt - performance.now())
  await stage.runFile.outage('redis_refuses', () => last(stage, restMs))
  return true
}

/** Whether the append-only file could be written last: `ok` or `err`. */
async function lastWriteOf(redis: TestRedis): Promise<string | undefined> {
  const info = await redisCommand(portOf(redis), 'INFO persistence')
  return /aof_last_write_status:(\w+)/.exec(info)?.[1]
}

/** Bytes of the largest file of the append-only log. */
function logBytes({ folder }: TestRedis): number {
  const files = join(folder, 'appendonlydir')
  return Math.max(...readdirSync(files).map((file) => statSync(join(files, file)).size))
}
