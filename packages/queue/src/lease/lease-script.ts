import { defineScript, type Script } from '../connection/script.ts'

/** Acquire, renew and release of one partition's lease. */
export const leaseScript: Script = defineScript(
  'lease',
  `
-- KEYS[1] lease  KEYS[2] BullMQ's meta
-- ARGV[1] 'acquire', 'renew' or 'release'  ARGV[2] ttl ms  ARGV[3] worker id
-- ARGV[4..] acquire: the new token; renew and release: every token that the caller may hold
-- returns {held 0|1, owner, paused 0|1, BullMQ's version}
local owner = redis.call('GET', KEYS[1]) or ''
local held = 0
if ARGV[1] == 'acquire' then
  -- A lease that an earlier session of this very process left behind is ours: its commands carry the old token.
  if owner == '' or string.sub(owner, 1, #ARGV[3] + 1) == ARGV[3] .. '#' then
    redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[2])
    owner = ARGV[4]
    held = 1
  end
else
  for index = 4, #ARGV do
    if owner == ARGV[index] then held = 1 end
  end
  if held == 1 and ARGV[1] == 'renew' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
  if held == 1 and ARGV[1] == 'release' then redis.call('DEL', KEYS[1]) end
end
local meta = redis.call('HMGET', KEYS[2], 'paused', 'version', 'opts.maxLenEvents')
-- Any other Queue object, a dashboard's say, switches BullMQ's event stream on again.
if held == 1 and meta[3] and meta[3] ~= '0' then redis.call('HSET', KEYS[2], 'opts.maxLenEvents', '0') end
return { held, owner, meta[1] and 1 or 0, meta[2] or '' }
`,
)
