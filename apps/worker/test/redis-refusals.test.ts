// What the worker says while Redis answers and refuses its sign of life.

import { Writable } from 'node:stream'

import { pino } from 'pino'
import { expect, it } from 'vitest'

import { Health } from '../src/health.ts'
import { RedisRefusals } from '../src/redis-refusals.ts'

const bench = (): { refusals: RedisRefusals; lines: string[]; isReady: () => boolean } => {
  const lines: string[] = []
  const stream = new Writable({
    write: (chunk, _, done) => {
      lines.push(String(chunk))
      done()
    },
  })
  const health = new Health(() => undefined)
  for (const condition of ['redis', 'namespace', 'destination'] as const) {
    health.set(condition, true)
  }
  const refusals = new RedisRefusals(health, pino(stream))
  return { refusals, lines, isReady: () => health.readiness().ready }
}

const fails = (message: string) => (): Promise<never> => Promise.reject(new Error(message))

it('a slot that moves for longer than ioredis repeats is told once, and makes it unready until then', async () => {
  const { refusals, lines, isReady } = bench()
  const answer = 'TRYAGAIN Multiple keys request during rehashing of slot'
  const moving = fails(`Too many Cluster redirections. Last error: ReplyError: ${answer}`)
  await expect(refusals.follow(moving)).rejects.toThrow(answer)
  await expect(refusals.follow(moving)).rejects.toThrow(answer)
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { event: 'redis.refuses', cause: answer },
  ])
  expect(isReady()).toBe(false)
  await refusals.follow(() => Promise.resolve())
  expect(isReady()).toBe(true)
})

it('a lost connection is no refusal', async () => {
  const { refusals, lines, isReady } = bench()
  await expect(refusals.follow(fails('Connection is closed.'))).rejects.toThrow('closed')
  expect([lines, isReady()]).toEqual([[], true])
})
