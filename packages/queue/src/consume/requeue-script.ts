import { defineScript, type Script } from '../connection/script.ts'

/**
 * Puts everything in `active` back to the head of `wait`, order kept, and changes the token, so that a delayed
 * command of the old session is refused. Jobs that may have been in flight are marked, so that a later dead letter says so.
 */
export const requeueScript: Script = defineScript(
  'requeue',
  `
-- KEYS[1] lease  KEYS[2] meta  KEYS[3] wait  KEYS[4] active  KEYS[5] marker
-- ARGV[1] new token  ARGV[2] ttl ms  ARGV[3] base of job keys  ARGV[4] 1: every active job may have been in flight
-- ARGV[5] number of tokens  then every token that the caller may hold  then ids of jobs that may have been in flight
-- returns {'ok', jobs} | {'lost', owner}
local owner = redis.call('GET', KEYS[1]) or ''
local ours = false
local lastToken = 5 + tonumber(ARGV[5])
for index = 6, lastToken do
  if owner == ARGV[index] then ours = true end
end
if not ours then return { 'lost', owner } end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local function mark(id)
  local key = ARGV[3] .. id
  if redis.call('EXISTS', key) == 1 then redis.call('HSET', key, 'ru', '1') end
end
for index = lastToken + 1, #ARGV do mark(ARGV[index]) end
-- BullMQ takes from the right of both lists: active reads newest to oldest, so the oldest ends rightmost.
local ids = redis.call('LRANGE', KEYS[4], 0, -1)
for first = 1, #ids, 1000 do
  local last = math.min(first + 999, #ids)
  local locks = {}
  for index = first, last do locks[#locks + 1] = ARGV[3] .. ids[index] .. ':lock' end
  if ARGV[4] == '1' then
    for index = first, last do mark(ids[index]) end
  end
  redis.call('RPUSH', KEYS[3], unpack(ids, first, last))
  redis.call('DEL', unpack(locks))
end
redis.call('DEL', KEYS[4])
if redis.call('LLEN', KEYS[3]) > 0 and redis.call('HEXISTS', KEYS[2], 'paused') == 0 then
  redis.call('ZADD', KEYS[5], 0, '0')
end
return { 'ok', #ids }
`,
)
