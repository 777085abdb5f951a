// What happens to a single Redis.

import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { redisCommand } from '@retention-relay/testkit'
import type { TestProcess } from '@retention-relay/testkit'

import { PASSWORD, USER } from '../stage/redis-stand.ts'
import type { Stage } from '../stage/stage.ts'
import { last } from './fault-action.ts'
import type { FaultAction } from './fault-action.ts'
import { duringOutage, onlyNode, portOf } from './only-redis.ts'

/** SIGKILL; it starts again on its data after the time. */
export const killRedis: FaultAction = (stage, { forMs }) =>
  duringOutage(stage, { what: 'redis_away', told: 'SIGKILL' }, async (redis) => {
    await redis.kill()
    await last(stage, forMs)
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
      await last(stage, forMs)
      // Until here an answer of the lost one may be read.
      stage.runFile.wiped()
      await redis.restart()
    },
  )

/** Processes of workers that have opened the namespace. */
function startedWorkers({ workers, guest }: Stage): TestProcess[] {
  return [...workers, guest]
    .flatMap(({ process }) => process ?? [])
    .filter(({ lines }) => lines.some((line) => line.includes('"worker.started"')))
}

/** Connections stay open, and nothing is answered. */
export const freezeRedis: FaultAction = (stage, { forMs }) =>
  duringOutage(stage, { what: 'redis_silent', told: 'SIGSTOP' }, async (redis) => {
    redis.pause()
    await last(stage, forMs)
    redis.resume()
  })

/** The password changes, connections are cut, and the old password is good again after the time. */
export const changePassword: FaultAction = (stage, { forMs }) =>
  duringOutage(stage, { what: 'redis_away', told: 'has another password' }, async (redis) => {
    await redisCommand(portOf(redis), `ACL SETUSER ${USER} resetpass >another`)
    await Promise.all(stage.redis.proxies().map((proxy) => proxy.cutAll()))
    await last(stage, forMs)
    await redisCommand(portOf(redis), `ACL SETUSER ${USER} resetpass >${PASSWORD}`)
  })

/** `maxmemory` is what is in use. */
export const fillMemory: FaultAction = async (stage, { forMs }) => {
  const port = portOf(onlyNode(stage))
  const [, used = '0'] = /used_memory:(\d+)/.exec(await redisCommand(port, 'INFO memory')) ?? []
  stage.timeline.note('redis', `its memory is full: ${used} bytes`)
  await redisCommand(port, `CONFIG SET maxmemory ${used}`)
  await last(stage, forMs)
  await redisCommand(port, 'CONFIG SET maxmemory 0')
  stage.timeline.note('redis', 'its memory has room again')
}
