import { defineScript, type Script } from '../connection/script.ts'
import { JOB_NAME_LUA } from '../consume/job-name-lua.ts'

/**
 * Looks at one partition in one atomic step and changes nothing, so that its counts can be held against each other.
 * The claimed jobs are those in `active` and, after a requeue, those at the head of `wait`; of the jobs behind them
 * at most ARGV[3] are read, in pages that are spread evenly, since the number of their events is only told by
 * their names.
 */
export const snapshotScript: Script = defineScript(
  'snapshot',
  `
-- KEYS[1] wait  KEYS[2] active  KEYS[3] meta  KEYS[4] lease  KEYS[5] counters  KEYS[6] dead  KEYS[7] orphans
-- ARGV[1] base of job keys  ARGV[2] most claimed jobs that are read  ARGV[3] most waiting jobs that are read
-- ARGV[4..] BullMQ's states where the relay has no jobs: type, name, type, name, …
-- returns a JSON object, see PartitionSnapshot
${JOB_NAME_LUA}
local base, mostClaimed, mostWaiting = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local claimed, unclaimed = { jobs = 0, events = 0, replays = 0 }, { jobs = 0, events = 0, replays = 0 }
local missing, foreignNames, foreignName, oldest = 0, 0, nil, nil

-- Counts a job; returns whether it was ever claimed, nil where there is no job.
local function look(id)
  local job = redis.call('HMGET', base .. id, 'name', 'rs', 'rc', 'timestamp')
  if not job[1] then
    missing = missing + 1
    return nil
  end
  local count, replay = readJobName(job[1])
  local isOurs = count > 1 or replay or job[1] == 'events-1'
  if not isOurs then foreignNames, foreignName = foreignNames + 1, job[1] end
  local _, settled = string.gsub(job[2] or '', '[^-]', '')
  local part = job[3] and claimed or unclaimed
  local field = replay and 'replays' or 'events'
  part.jobs = part.jobs + 1
  part[field] = part[field] + count - settled
  local at = tonumber(job[4] or '')
  if at and (not oldest or at < oldest) then oldest = at end
  return job[3] ~= false
end

-- A claim of ours locks the job with a token (worker, hash sign, epoch); BullMQ's own tools know no such token.
local function isOurs(id)
  local lock = redis.call('GET', base .. id .. ':lock')
  return lock and string.find(lock, '#%d+$')
end

local active, waiting = redis.call('LLEN', KEYS[2]), redis.call('LLEN', KEYS[1])
local readActive, stray = 0, 0
for _, id in ipairs(redis.call('LRANGE', KEYS[2], -mostClaimed, -1)) do
  if look(id) ~= nil and not isOurs(id) then stray = stray + 1 end
  readActive = readActive + 1
end

-- BullMQ takes from the right: requeued jobs are the rightmost ones.
local head = redis.call('LRANGE', KEYS[1], -(mostClaimed - readActive + 1), -1)
local readWaiting, ended = 0, false
for index = #head, 1, -1 do
  readWaiting = readWaiting + 1
  if look(head[index]) == false then
    ended = true
    break
  end
end

local rest = waiting - readWaiting
if rest <= mostWaiting then
  for _, id in ipairs(rest > 0 and redis.call('LRANGE', KEYS[1], 0, rest - 1) or {}) do look(id) end
  readWaiting, ended = waiting, true
else
  local pages = 10
  local size = math.max(1, math.floor(mostWaiting / pages))
  for page = 0, pages - 1 do
    local first = math.floor(page * (rest - size) / (pages - 1))
    for _, id in ipairs(redis.call('LRANGE', KEYS[1], first, first + size - 1)) do look(id) end
    readWaiting = readWaiting + size
  end
end

local counters = {}
local stored = redis.call('HGETALL', KEYS[5])
for at = 1, #stored, 2 do counters[stored[at]] = tonumber(stored[at + 1]) end
local foreignStates = {}
for at = 4, #ARGV, 2 do
  local length = redis.call(ARGV[at], base .. ARGV[at + 1])
  if length > 0 then foreignStates[ARGV[at + 1]] = length end
end
local token = redis.call('GET', KEYS[4])
local streamLength = redis.call('HGET', KEYS[3], 'opts.maxLenEvents')
return cjson.encode({
  takenAt = time[1] * 1000 + math.floor(time[2] / 1000),
  token = token or '',
  ttlMs = token and redis.call('PTTL', KEYS[4]) or 0,
  paused = redis.call('HEXISTS', KEYS[3], 'paused') == 1,
  layoutVersion = redis.call('HGET', KEYS[3], 'version') or '',
  activeJobs = active,
  waitingJobs = waiting,
  claimedWhole = ended and readActive == active,
  unreadWaiting = waiting - readWaiting,
  claimed = claimed,
  unclaimed = unclaimed,
  missing = missing,
  strayJobs = stray,
  eventStream = streamLength ~= false and streamLength ~= '0',
  foreignNames = foreignNames,
  foreignName = foreignName or '',
  foreignStates = foreignStates,
  oldestCommittedAt = oldest or 0,
  counters = counters,
  deadLetters = redis.call('ZCARD', KEYS[6]),
  orphans = redis.call('LLEN', KEYS[7]),
})
`,
)
