import { defineScript, type Script } from '../connection/script.ts'

/** The live workers, by Redis' own clock; lapsed entries are left for `register` to remove. */
export const liveWorkersScript: Script = defineScript(
  'live-workers',
  `
-- KEYS[1] workers (sorted set)
-- returns the ids of live workers
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. nowMs, '+inf')
`,
  'keys',
)
