import { defineScript, type Script } from '../connection/script.ts'

/**
 * The registry of live workers. A plain ZADD would be refused on a full Redis, just when the leases of dead
 * workers must be taken over.
 */
export const registerScript: Script = defineScript(
  'register',
  `
-- KEYS[1] workers (sorted set)
-- ARGV[1] 'live' or 'leave'  ARGV[2] worker id  ARGV[3] how long the entry counts, ms
-- returns the ids of live workers
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', nowMs)
if ARGV[1] == 'live' then
  redis.call('ZADD', KEYS[1], nowMs + ARGV[3], ARGV[2])
else
  redis.call('ZREM', KEYS[1], ARGV[2])
end
return redis.call('ZRANGE', KEYS[1], 0, -1)
`,
)
