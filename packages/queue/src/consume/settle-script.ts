import { defineScript, type Script } from '../connection/script.ts'
import { DEDUPE_LUA } from '../dedupe/lookup.ts'
import { JOB_NAME_LUA } from './job-name-lua.ts'

/** Most earlier deaths in the history of a dead letter; the oldest ones go. */
export const DEATHS_KEPT = 20

/**
 * Makes the outcomes of one answered batch durable in one atomic, idempotent step: dedupe store, dead letters,
 * settled positions, counters, and the end of jobs whose positions are all settled. Counters move only with
 * newly set positions, so a repeated settle changes nothing. When the lease is lost only the dedupe store is
 * written, since delivered is a fact.
 */
export const settleScript: Script = defineScript(
  'settle',
  `
-- KEYS[1] lease  KEYS[2] active  KEYS[3] counters  KEYS[4] dedupe  KEYS[5] dead  KEYS[6] dead groups
-- ARGV[1] token  ARGV[2] now ms  ARGV[3] dedupe generation  ARGV[4] bucket ttl s  ARGV[5] base of job keys
-- ARGV[6] ttl of a resolved dead letter s  ARGV[7] number of jobs
-- then per job: id, outcomes: one letter per position ('-' not in this settle, 'd' delivered, 'u' duplicate,
--   'x' dead)
-- then per letter that is not '-': the id's dedupe member
-- then per 'x': record (JSON), fingerprint
-- returns {'ok'} | {'lost'}
${DEDUPE_LUA}${JOB_NAME_LUA}
local nowMs, generation, jobs = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[7])
local memberAt = 8 + 2 * jobs
local members = 0
for job = 0, jobs - 1 do
  local _, unset = string.gsub(ARGV[9 + 2 * job], '-', '')
  members = members + #ARGV[9 + 2 * job] - unset
end
local deadAt = memberAt + members
local known = generations(KEYS[4], generation)
local volume = tonumber(redis.call('HGET', KEYS[4], 'volume:' .. generation) or '0')

-- The current generation, made with the first id that it holds: room for the volume of the last one.
local current
for _, entry in ipairs(known) do
  if entry[1] == generation then current = entry end
end
local function openGeneration()
  local before = tonumber(redis.call('HGET', KEYS[4], 'volume:' .. (generation - 1)) or '500000')
  local digits, room = 1, 5000
  while digits < 6 and room < before do digits, room = digits + 1, room * 10 end
  redis.call('HSET', KEYS[4], 'digits:' .. generation, digits)
  redis.call('HDEL', KEYS[4], 'digits:' .. (generation - 4), 'volume:' .. (generation - 4))
  current = { generation, -digits, KEYS[4] .. ':' .. generation .. ':' }
  known[#known + 1] = current
end

local added = 0
local function remember(member)
  if not current then openGeneration() end
  local key = current[3] .. string.sub(member, current[2])
  if redis.call('SADD', key, member) == 0 then return end
  added = added + 1
  -- The first member of a bucket sets its expiry. At 40 ids a bucket every bucket has had its first.
  if volume < 40 * 10 ^ -current[2] and redis.call('SCARD', key) == 1 then redis.call('EXPIRE', key, ARGV[4]) end
end

-- 1. What is delivered is a fact, whoever owns the partition now.
local at = memberAt
local wasDelivered = {}
for job = 0, jobs - 1 do
  local outcomes = ARGV[9 + 2 * job]
  for position = 1, #outcomes do
    local outcome = string.byte(outcomes, position)
    if outcome ~= 45 then
      if outcome == 100 then
        remember(ARGV[at])
      elseif outcome == 120 then
        wasDelivered[at] = isDelivered(known, ARGV[at])
      end
      at = at + 1
    end
  end
end
if added > 0 then redis.call('HINCRBY', KEYS[4], 'volume:' .. generation, added) end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return { 'lost' } end

-- 2. Positions, counters, dead letters.
--    Of two copies of an event that services sent, one at most counts as delivered or dead, the other as duplicate.
--    A copy that a person sends again (a replay) is the dead one itself; where its letter is not open any more it
--    counts as accepted anew. So accepted = delivered + duplicate + dead + pending always holds.
local accepted, delivered, duplicate, dead, deaths = 0, 0, 0, 0, 0
local anyDead = redis.call('ZCARD', KEYS[5]) > 0

-- True when the event had an open dead letter.
local function resolve(member, how)
  if not anyDead or redis.call('ZREM', KEYS[5], member) == 0 then return false end
  local key = KEYS[5] .. ':' .. member
  local fingerprint = redis.call('HGET', key, 'fingerprint')
  if fingerprint and redis.call('HINCRBY', KEYS[6], fingerprint, -1) <= 0 then
    redis.call('HDEL', KEYS[6], fingerprint)
  end
  redis.call('HSET', key, 'state', 'resolved', 'resolvedBy', how, 'resolvedAt', nowMs)
  redis.call('EXPIRE', key, ARGV[6])
  dead = dead - 1
  return true
end

local function conclude(member, how, replay)
  if how == 'delivered' then delivered = delivered + 1 else duplicate = duplicate + 1 end
  if resolve(member, how) then
    if not replay then duplicate = duplicate + 1 end
  elseif replay then
    accepted = accepted + 1
  end
end

local function bury(member, record, fingerprint, replay)
  local key = KEYS[5] .. ':' .. member
  deaths = deaths + 1
  local old = redis.call('HMGET', key, 'record', 'deaths', 'fingerprint')
  if old[1] then
    local death = tonumber(old[2] or '1')
    redis.call('HSET', key, 'history:' .. death, old[1])
    redis.call('HDEL', key, 'history:' .. (death - ${DEATHS_KEPT}))
  end
  redis.call('HSET', key, 'record', record, 'fingerprint', fingerprint, 'state', 'dead')
  redis.call('HINCRBY', key, 'deaths', 1)
  redis.call('PERSIST', key)
  local isNew = redis.call('ZADD', KEYS[5], nowMs, member) == 1
  anyDead = true
  if isNew then
    dead = dead + 1
    if replay then accepted = accepted + 1 end
  elseif not replay then
    duplicate = duplicate + 1
  end
  if not isNew and old[3] and redis.call('HINCRBY', KEYS[6], old[3], -1) <= 0 then
    redis.call('HDEL', KEYS[6], old[3])
  end
  redis.call('HINCRBY', KEYS[6], fingerprint, 1)
end

at = memberAt
for job = 0, jobs - 1 do
  local id, outcomes = ARGV[8 + 2 * job], ARGV[9 + 2 * job]
  local key = ARGV[5] .. id
  local hash = redis.call('HMGET', key, 'name', 'rs')
  local exists = hash[1] ~= false
  local old = hash[2]
  if not old or #old ~= #outcomes then old = string.rep('-', #outcomes) end
  local _, replay = readJobName(hash[1])
  local bits, full, changed = {}, true, false
  for position = 1, #outcomes do
    local outcome, before = string.byte(outcomes, position), string.byte(old, position)
    if outcome ~= 45 and before == 45 and exists then
      changed = true
      if wasDelivered[at] then outcome = 100 end
      if outcome == 100 then
        conclude(ARGV[at], 'delivered', replay)
      elseif outcome == 117 then
        conclude(ARGV[at], 'duplicate', replay)
      else
        bury(ARGV[at], ARGV[deadAt], ARGV[deadAt + 1], replay)
      end
      bits[position] = string.char(outcome)
    else
      bits[position] = string.char(before)
      if before == 45 then full = false end
    end
    if outcome ~= 45 then
      if string.byte(outcomes, position) == 120 then deadAt = deadAt + 2 end
      at = at + 1
    end
  end
  if not exists then
    -- Somebody removed the hash: it is not made again, and the id does not stop the partition.
    redis.call('LREM', KEYS[2], -1, id)
    redis.call('DEL', key .. ':lock')
  elseif full and redis.call('LREM', KEYS[2], -1, id) == 1 then
    redis.call('DEL', key, key .. ':lock')
  elseif changed then
    redis.call('HSET', key, 'rs', table.concat(bits))
  end
end
if accepted ~= 0 then redis.call('HINCRBY', KEYS[3], 'accepted', accepted) end
if delivered ~= 0 then redis.call('HINCRBY', KEYS[3], 'delivered', delivered) end
if duplicate ~= 0 then redis.call('HINCRBY', KEYS[3], 'duplicate', duplicate) end
if dead ~= 0 then redis.call('HINCRBY', KEYS[3], 'dead', dead) end
if deaths ~= 0 then redis.call('HINCRBY', KEYS[3], 'deaths', deaths) end
return { 'ok' }
`,
)
