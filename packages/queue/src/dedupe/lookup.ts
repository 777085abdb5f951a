// The dedupe store: which ids are already delivered. It is a few generations of 15 days; a look-up asks the
// current one and the two before it, so that the window is 30 to 45 days, at least as long as dead letters are
// kept. A generation is split into 10, 100, … buckets of at most about 500 members, where Redis keeps integers
// compactly; their number follows the volume of the generation before.

/** Length of a generation in milliseconds. */
export const DEDUPE_GENERATION_MS: number = 15 * 24 * 60 * 60 * 1000

/** Generations that a look-up asks, the current one included. */
export const DEDUPE_GENERATIONS = 3

/** How long a bucket is kept after its first member, in seconds: its generation and the two after it. */
export const DEDUPE_BUCKET_TTL_S: number = ((DEDUPE_GENERATIONS + 1) * DEDUPE_GENERATION_MS) / 1000

/** Number of the generation at a time. */
export function dedupeGeneration(nowMs: number): number {
  return Math.floor(nowMs / DEDUPE_GENERATION_MS)
}

/**
 * Lua functions that settle and the look-up share. `dedupeKey` is the hash of generations. The bucket of a member
 * is its last decimal digits, as many as its generation has: string work only, since numbers are slow here.
 */
export const DEDUPE_LUA = `
-- Generations that exist among the last three and the next one: {{number, -digits, key before the bucket}, …}.
-- The next one exists where a worker whose clock is ahead has delivered at the turn of a generation.
local function generations(dedupeKey, current)
  local found = {}
  for number = current + 1, current - 2, -1 do
    local digits = redis.call('HGET', dedupeKey, 'digits:' .. number)
    if digits then found[#found + 1] = { number, -digits, dedupeKey .. ':' .. number .. ':' } end
  end
  return found
end
local function isDelivered(known, member)
  for index = 1, #known do
    local entry = known[index]
    if redis.call('SISMEMBER', entry[3] .. string.sub(member, entry[2]), member) == 1 then return true end
  end
  return false
end
`
