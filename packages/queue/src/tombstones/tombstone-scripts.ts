import { defineScript, type Script } from '../connection/script.ts'

/** Superseding events of a scope that are remembered. */
const REMEMBERED = 8

/**
 * Writes tombstones of one event. The newest one of a scope stands; an event told again, perhaps with another time, changes
 * nothing, also when others came in between: the last eight are remembered.
 */
export const buryScript: Script = defineScript(
  'bury',
  `
-- KEYS tombstones, in one slot
-- ARGV[1] time of the superseding event, ms  ARGV[2] its id  ARGV[3] ttl ms
for _, key in ipairs(KEYS) do
  -- time:id of the newest one, then the ids of others
  local time, ids = string.match(redis.call('GET', key) or '', '^(%d+):(.*)$')
  if not time then
    redis.call('SET', key, ARGV[1] .. ':' .. ARGV[2], 'PX', ARGV[3])
  elseif not string.find(' ' .. ids .. ' ', ' ' .. ARGV[2] .. ' ', 1, true) then
    local isNewest = tonumber(time) < tonumber(ARGV[1])
    local kept = {}
    for id in string.gmatch(ids, '%S+') do kept[#kept + 1] = id end
    table.insert(kept, isNewest and 1 or 2, ARGV[2])
    local value = (isNewest and ARGV[1] or time) .. ':' .. table.concat(kept, ' ', 1, math.min(#kept, ${REMEMBERED}))
    redis.call('SET', key, value, 'PX', ARGV[3])
  end
end
return #KEYS
`,
  'keys',
)
