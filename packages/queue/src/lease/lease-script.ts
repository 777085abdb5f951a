import { defineScript, type Script } from '../connection/script.ts'

/**
 * Acquire, renew and release of one partition's lease. After a failover nobody acquires before one ttl has passed on the
 * promoted replica: a lease may be held that was not replicated. A Redis that was promoted, and only that one, has a
 * second replication id.
 */
export const leaseScript: Script = defineScript(
  'lease',
  `
-- KEYS[1] lease  KEYS[2] BullMQ's meta  KEYS[3] lease run (hash)
-- ARGV[1] 'acquire', 'renew' or 'release'  ARGV[2] ttl ms  ARGV[3] worker id
-- ARGV[4..] acquire: the new token; renew and release: every token that the caller may hold
-- returns {held 0|1, owner, paused 0|1, BullMQ's version}
local owner = redis.call('GET', KEYS[1]) or ''
local held = 0
-- An earlier session of the very process that the new token is of: its commands carry the old token. A command that was held
-- back on its way carries an older one than the owner's.
local function isEarlierSession()
  local worker, epoch = string.match(owner, '^(.*)#(%d+)$')
  local new = string.match(ARGV[4], '#(%d+)$')
  return worker == ARGV[3] and new ~= nil and tonumber(epoch) < tonumber(new)
end
if ARGV[1] == 'acquire' then
  -- A Redis that does not tell counts as one that is never promoted.
  local server, replication = redis.pcall('INFO', 'server'), redis.pcall('INFO', 'replication')
  local run = type(server) == 'string' and string.match(server, 'run_id:(%x+)') or ''
  local former = type(replication) == 'string' and string.match(replication, 'master_replid2:(%x+)') or ''
  local isPromoted = string.find(former, '[^0]') ~= nil
  local known = redis.call('HMGET', KEYS[3], 'run', 'opens')
  local time = redis.call('TIME')
  local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
  local opens = tonumber(known[2] or '0')
  if known[1] ~= run then
    opens = known[1] and isPromoted and nowMs + ARGV[2] or nowMs
    redis.call('HSET', KEYS[3], 'run', run, 'opens', string.format('%.0f', opens))
  end
  if nowMs >= opens and (owner == '' or isEarlierSession()) then
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
  'keys',
)
