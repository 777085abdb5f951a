import { defineScript, type Script } from '../connection/script.ts'
import { DEDUPE_LUA } from './lookup.ts'

/** Which of these ids the dedupe store has, in one call. */
export const deliveredScript: Script = defineScript(
  'delivered',
  `
-- KEYS[1] dedupe  ARGV[1] current generation  ARGV[2..] members
-- returns a string of one '0' or '1' per member
${DEDUPE_LUA}
local known = generations(KEYS[1], tonumber(ARGV[1]))
local reply = {}
for index = 2, #ARGV do
  reply[index - 1] = isDelivered(known, ARGV[index]) and '1' or '0'
end
return table.concat(reply)
`,
)
