import { defineScript, type Script } from '../connection/script.ts'

/**
 * Pauses a namespace, or ends its pause. A pause that stands already stays as it is, so that its first reason is kept. Who
 * ends one is written down in the same step.
 */
export const pauseScript: Script = defineScript(
  'pause',
  `
-- KEYS[1] config (hash)  KEYS[2] audit (list, newest first)
-- ARGV[1] 'pause' or 'resume'  ARGV[2] the pause (JSON), or the audit entry (JSON) without the pause
-- returns the pause that stood before, '' when there was none
local before = redis.call('HGET', KEYS[1], 'pause') or ''
if ARGV[1] == 'pause' then
  if before == '' then redis.call('HSET', KEYS[1], 'pause', ARGV[2]) end
elseif before ~= '' then
  redis.call('HDEL', KEYS[1], 'pause')
  redis.call('LPUSH', KEYS[2], ARGV[2])
  redis.call('LTRIM', KEYS[2], 0, 999)
end
return before
`,
  'keys',
)
