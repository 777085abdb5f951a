import { defineScript, type Script } from '../connection/script.ts'

/**
 * Writes tombstones of one event. The newest one of a scope stands; the same event told again, perhaps with another time,
 * changes nothing.
 */
export const buryScript: Script = defineScript(
  'bury',
  `
-- KEYS tombstones, in one slot
-- ARGV[1] time of the superseding event, ms  ARGV[2] its id  ARGV[3] ttl ms
for _, key in ipairs(KEYS) do
  local time, id = string.match(redis.call('GET', key) or '', '^(%d+):(.*)$')
  if not time or (id ~= ARGV[2] and tonumber(time) < tonumber(ARGV[1])) then
    redis.call('SET', key, ARGV[1] .. ':' .. ARGV[2], 'PX', ARGV[3])
  end
end
return #KEYS
`,
)
