import { defineScript, type Script } from '../connection/script.ts'

/** Most customers of a set: where it is full every customer of it counts as identified. */
export const IDENTIFIED_PER_SET = 2000

/** After somebody of a set was identified or asked for. */
const IDENTIFIED_TTL_S = 400 * 24 * 60 * 60

/** Adds customers who are identified, and tells which others are. The set of one is the last two digits of its number. */
export const identifiedScript: Script = defineScript(
  'identified',
  `
-- KEYS[1] base of the sets' keys, in the slot of all of them
-- ARGV[1] number of customers who are identified; then these, then those who are asked for, as 64-bit integers
-- returns a string of one '1' (identified) or '0' per customer who is asked for
local added = tonumber(ARGV[1])
local reply = {}
for index = 2, #ARGV do
  local member = ARGV[index]
  local key = KEYS[1] .. ':' .. string.sub(member, -2)
  local isFull = redis.call('SCARD', key) >= ${IDENTIFIED_PER_SET}
  if index <= added + 1 then
    if not isFull then redis.call('SADD', key, member) end
  else
    reply[#reply + 1] = (isFull or redis.call('SISMEMBER', key, member) == 1) and '1' or '0'
  end
  redis.call('EXPIRE', key, ${IDENTIFIED_TTL_S})
end
return table.concat(reply)
`,
)
