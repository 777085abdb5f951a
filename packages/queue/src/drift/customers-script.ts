import { defineScript, type Script } from '../connection/script.ts'

/** Sets over which customers are spread: up to about 500 in each Redis keeps them compactly. */
export const CUSTOMER_BUCKETS = 1000

/** Most customers of a set; further ones are not told apart. */
export const CUSTOMERS_PER_BUCKET = 2000

/** After the last new customer of a set. */
const CUSTOMERS_TTL_S = 400 * 24 * 60 * 60

/** Adds customers; tells which of them are new. The set of one is the last three digits of its number. */
export const customersScript: Script = defineScript(
  'customers',
  `
-- KEYS[1] base of the sets' keys, in the slot of all of them  ARGV customers as 64-bit integers
-- returns a string of one '0' or '1' per customer
local reply = {}
for index, member in ipairs(ARGV) do
  local key = KEYS[1] .. ':' .. string.sub(member, -3)
  local isNew = redis.call('SISMEMBER', key, member) == 0 and redis.call('SCARD', key) < ${CUSTOMERS_PER_BUCKET}
  if isNew then
    redis.call('SADD', key, member)
    redis.call('EXPIRE', key, ${CUSTOMERS_TTL_S})
  end
  reply[index] = isNew and '1' or '0'
end
return table.concat(reply)
`,
)
