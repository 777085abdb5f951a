import { defineScript, type Script } from '../connection/script.ts'

/**
 * The registry of live workers. A plain ZADD would be refused on a full Redis, just when the leases of dead
 * workers must be taken over.
 */
export const registerScript: Script = defineScript(
  'register',
  `
-- KEYS[1] workers (sorted set)  KEYS[2] config (hash)  KEYS[3] tail (string)
-- ARGV[1] 'live' or 'leave'  ARGV[2] worker id  ARGV[3] how long the entry counts, ms
-- returns {partitions of the namespace, '' when Redis does not know it; when it was set up; its pause, '' when there is
--   none; 1 while somebody looks at the live view; Redis' time, ms; the id of each live worker, …}
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', nowMs)
if ARGV[1] == 'live' then
  redis.call('ZADD', KEYS[1], nowMs + ARGV[3], ARGV[2])
else
  redis.call('ZREM', KEYS[1], ARGV[2])
end
local config = redis.call('HMGET', KEYS[2], 'partitions', 'createdAt', 'pause')
local tail = redis.call('EXISTS', KEYS[3])
local now = string.format('%.0f', nowMs)
return { config[1] or '', config[2] or '', config[3] or '', tostring(tail), now, unpack(redis.call('ZRANGE', KEYS[1], 0, 999)) }
`,
  'keys',
)
