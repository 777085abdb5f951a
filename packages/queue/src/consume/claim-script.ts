import { defineScript, type Script } from '../connection/script.ts'
import { JOB_NAME_LUA } from './job-name-lua.ts'

/**
 * Moves jobs from `wait` to `active` and returns them. BullMQ's lock is set without expiry, so that BullMQ's own
 * tools (clean, drain, a stray Worker's sweep) leave claimed jobs alone; `obliterate` with force deletes the locks first.
 */
export const claimScript: Script = defineScript(
  'claim',
  `
-- KEYS[1] lease  KEYS[2] meta  KEYS[3] wait  KEYS[4] active  KEYS[5] counters  KEYS[6] orphans
-- ARGV[1] token  ARGV[2] most jobs  ARGV[3] most bytes  ARGV[4] jobs that the caller holds  ARGV[5] base of job keys
-- returns {'lost'} | {'out_of_sync', length of active} | {'paused'}
--       | {'ok', id, name, data, timestamp, claims, settled bits, '1' where it may have been sent, id, …}
${JOB_NAME_LUA}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return { 'lost' } end
local active = redis.call('LLEN', KEYS[4])
if active ~= tonumber(ARGV[4]) then return { 'out_of_sync', active } end
if redis.call('HEXISTS', KEYS[2], 'paused') == 1 then return { 'paused' } end
local most, room = tonumber(ARGV[2]), tonumber(ARGV[3])
local reply = { 'ok' }
local jobs, looked, accepted, replayed, orphans = 0, 0, 0, 0, 0
while jobs < most and looked < 1000 do
  local id = redis.call('LINDEX', KEYS[3], -1)
  if not id then break end
  looked = looked + 1
  local key = ARGV[5] .. id
  local job = redis.call('HMGET', key, 'name', 'data', 'timestamp', 'rs', 'ru')
  if not job[2] then
    redis.call('RPOP', KEYS[3])
    redis.call('LPUSH', KEYS[6], id)
    orphans = orphans + 1
  else
    room = room - #job[2]
    if room < 0 and jobs > 0 then break end
    redis.call('LMOVE', KEYS[3], KEYS[4], 'RIGHT', 'LEFT')
    redis.call('SET', key .. ':lock', ARGV[1])
    local claims = redis.call('HINCRBY', key, 'rc', 1)
    if claims == 1 then
      local count, isReplay = readJobName(job[1])
      if isReplay then replayed = replayed + count else accepted = accepted + count end
    end
    jobs = jobs + 1
    local at = #reply
    reply[at + 1], reply[at + 2], reply[at + 3] = id, job[1] or '', job[2]
    reply[at + 4], reply[at + 5], reply[at + 6] = job[3] or '0', claims, job[4] or ''
    reply[at + 7] = job[5] or ''
  end
end
if accepted > 0 then redis.call('HINCRBY', KEYS[5], 'accepted', accepted) end
if replayed > 0 then redis.call('HINCRBY', KEYS[5], 'replayed', replayed) end
if orphans > 0 then
  redis.call('LTRIM', KEYS[6], 0, 999)
  redis.call('HINCRBY', KEYS[5], 'orphans', orphans)
end
return reply
`,
)
