import { DRIFT_LIMITS, MOST_SHAPES, OTHER_SHAPE } from '@retention-relay/events'

import { defineScript, type Script } from '../connection/script.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** What nobody has sent for so long is forgotten. */
export const DRIFT_TTL_MS: number = 14 * 24 * 60 * 60 * 1000

/** A pair of event name and producer that is older gives its place to a new one where there are too many. */
const QUIET_MS = 60 * 60 * 1000

/** Counts are halved as often as this. */
const HALF_LIFE_MS = 7 * DAY_MS

/** The newest events are the last two windows; a window ends with so many events, and after so long. */
const WINDOW = { events: 25, ms: 60_000 }

/**
 * Adds what a worker has seen of one event name and producer. Fields of the profile's hash:
 *   events  over      counts that fade (over does not)
 *   seen              events ever
 *   first  last       times, ms
 *   fields            number of paths
 *   window  windowAt  windowEvents  recentAt   the window that is open, and where the newest events begin
 *   halvedAt          when counts were last halved
 *   n:<type>:<path>   values of a type             e:<path>  empty ones
 *   f:<type>:<path>   `<ms>:<seen>` of the first   l:<path>  of the last
 * Fields of a window's hash: n:<path>, e:<path>.
 */
export const watchScript: Script = defineScript(
  'watch',
  `
-- KEYS[1] index (sorted set)  KEYS[2] profile (hash)  KEYS[3] its window 0 (hash)  KEYS[4] its window 1
-- ARGV[1] member of the index  ARGV[2] events  ARGV[3] over  ARGV[4..] path, empty, six counts by type, path, …
-- returns 1; 0 when there are too many profiles
local profile = KEYS[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ${DRIFT_TTL_MS})
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= ${DRIFT_LIMITS.profiles} then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  if now - oldest[2] < ${QUIET_MS} then return 0 end
  redis.call('ZREM', KEYS[1], oldest[1])
end
redis.call('ZADD', KEYS[1], now, ARGV[1])

local state = redis.call('HMGET', profile, 'seen', 'window', 'windowAt', 'windowEvents', 'halvedAt', 'fields')
local before = tonumber(state[1] or 0)
local window, windowAt, windowEvents = tonumber(state[2] or 0), tonumber(state[3] or now), tonumber(state[4] or 0)
local halvedAt, fields = tonumber(state[5] or now), tonumber(state[6] or 0)

-- Each half-life the counts are halved; a path that was not seen for long gives its place to others.
if now - halvedAt >= ${HALF_LIFE_MS} then
  local all = redis.call('HGETALL', profile)
  local gone = {}
  for at = 1, #all, 2 do
    local path = string.match(all[at], '^l:(.*)$')
    if path and now - tonumber(string.match(all[at + 1], '^%d+')) >= ${DRIFT_TTL_MS} then gone[path] = true end
  end
  for at = 1, #all, 2 do
    local kind, rest = string.match(all[at], '^([nefl]):(.*)$')
    local path = (kind == 'n' or kind == 'f') and string.sub(rest, 3) or rest
    if kind and gone[path] then
      redis.call('HDEL', profile, all[at])
      if kind == 'l' then fields = fields - 1 end
    elseif kind == 'n' or kind == 'e' or all[at] == 'events' then
      redis.call('HSET', profile, all[at], math.ceil(all[at + 1] / 2))
    end
  end
  halvedAt = now
end

if windowEvents >= ${WINDOW.events} and now - windowAt >= ${WINDOW.ms} then
  window, windowEvents = 1 - window, 0
  redis.call('DEL', KEYS[3 + window])
  redis.call('HSET', profile, 'recentAt', windowAt)
  windowAt = now
end
local recent = KEYS[3 + window]

local seen = before + ARGV[2]
local first, last = now .. ':' .. before, now .. ':' .. seen
local over = tonumber(ARGV[3])
local letters = { 's', 'n', 'b', 'o', 'a', 'z' }
for at = 4, #ARGV, 8 do
  local path = ARGV[at]
  local isKept = redis.call('HEXISTS', profile, 'l:' .. path) == 1
  if not isKept and fields < ${DRIFT_LIMITS.fields} then isKept, fields = true, fields + 1 end
  local values = 0
  for type = 1, 6 do
    local count = tonumber(ARGV[at + 1 + type])
    values = values + count
    if isKept and count > 0 then
      redis.call('HINCRBY', profile, 'n:' .. letters[type] .. ':' .. path, count)
      redis.call('HSETNX', profile, 'f:' .. letters[type] .. ':' .. path, first)
    end
  end
  if isKept then
    redis.call('HSET', profile, 'l:' .. path, last)
    redis.call('HINCRBY', recent, 'n:' .. path, values)
    if ARGV[at + 1] ~= '0' then
      redis.call('HINCRBY', profile, 'e:' .. path, ARGV[at + 1])
      redis.call('HINCRBY', recent, 'e:' .. path, ARGV[at + 1])
    end
  else
    over = over + values
  end
end

redis.call('HSETNX', profile, 'first', now)
redis.call('HSETNX', profile, 'recentAt', now)
redis.call('HINCRBY', profile, 'events', ARGV[2])
redis.call('HINCRBY', profile, 'over', over)
redis.call('HSET', profile, 'seen', seen, 'last', now, 'fields', fields, 'window', window, 'windowAt', windowAt,
  'windowEvents', windowEvents + ARGV[2], 'halvedAt', halvedAt)
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ${DRIFT_TTL_MS}) end
return 1
`,
  'keys',
)

/** Adds shapes of customer ids. Fields of the hash: n:<shape>, f:<shape> and l:<shape> (first and last time, ms). */
export const shapesScript: Script = defineScript(
  'shapes',
  `
-- KEYS[1] shapes (hash)  ARGV shape, events, shape, events, …
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all = redis.call('HGETALL', KEYS[1])
local shapes = 0
for at = 1, #all, 2 do
  local shape = string.match(all[at], '^l:(.*)$')
  if shape and now - all[at + 1] >= ${DRIFT_TTL_MS} then
    redis.call('HDEL', KEYS[1], 'n:' .. shape, 'f:' .. shape, 'l:' .. shape)
  elseif shape then
    shapes = shapes + 1
  end
end
for at = 1, #ARGV, 2 do
  local shape = ARGV[at]
  if redis.call('HEXISTS', KEYS[1], 'l:' .. shape) == 0 then
    if shapes < ${MOST_SHAPES} then shapes = shapes + 1 else shape = '${OTHER_SHAPE}' end
  end
  redis.call('HINCRBY', KEYS[1], 'n:' .. shape, ARGV[at + 1])
  redis.call('HSETNX', KEYS[1], 'f:' .. shape, now)
  redis.call('HSET', KEYS[1], 'l:' .. shape, now)
end
redis.call('PEXPIRE', KEYS[1], ${DRIFT_TTL_MS})
return shapes
`,
  'keys',
)

/** Keeps which tracking plan the workers have, in the field `plan` beside the shapes. */
export const watchedPlanScript: Script = defineScript(
  'watched-plan',
  `
-- KEYS[1] shapes (hash)  ARGV[1] hash of the plan
redis.call('HSET', KEYS[1], 'plan', ARGV[1])
return redis.call('PEXPIRE', KEYS[1], ${DRIFT_TTL_MS})
`,
  'keys',
)
