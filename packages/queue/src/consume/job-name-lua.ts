import { JOB_MAX_EVENTS } from '@retention-relay/events'

/**
 * Lua function that claim and settle share: what a job's name tells, by the same rule as `jobCount` of
 * packages/events. A name that only resembles ours is foreign and counts as one event, since the worker settles
 * one; a number too large for a counter would also raise after the first write.
 */
export const JOB_NAME_LUA: string = `
-- Returns the number of events and whether they are sent again by a person.
local function readJobName(name)
  local kind, digits = string.match(name or '', '^(%l+)%-([1-9]%d?%d?)$')
  local count = tonumber(digits)
  if count and count <= ${JOB_MAX_EVENTS} then
    if kind == 'events' then return count, false end
    if kind == 'replay' then return count, true end
  end
  return 1, false
end
`
