// What all workers have seen of events and customer ids, in Redis: each adds what it saw, in one step per event name and
// producer; whoever looks reads all of it. Everything is bounded and expires. The keys share the namespace's slot.

import { createHash } from 'node:crypto'

import type { NamedProfile, SeenProfile, SeenShape } from '@retention-relay/events'

import type { RedisClient } from '../connection/client.ts'
import type { Script, ScriptRunner } from '../connection/script.ts'
import type { NamespaceKeys } from '../keys.ts'
import { readSeenProfile } from './read-profile.ts'
import { customersScript } from './customers-script.ts'
import { shapesScript, watchedPlanScript, watchScript } from './drift-scripts.ts'

/** Scripts that a runner for the store must load. */
export const driftScripts: readonly Script[] = [
  watchScript,
  shapesScript,
  watchedPlanScript,
  customersScript,
]

/** Profiles that are read together. */
const READ_AT_ONCE = 20

/** Adds what was seen of one event name and producer; false when the store has too many already. */
export async function storeProfile(
  runner: ScriptRunner,
  keys: NamespaceKeys,
  { name, producer, profile }: NamedProfile,
): Promise<boolean> {
  const member = `${producer} ${name}`
  const fields = profile.fields.flatMap(({ path, empty, types }) => [path, empty, ...types])
  const args = [member, profile.events, profile.over, ...fields]
  return (await runner.run(watchScript, [keys.drift, ...profileKeys(keys, member)], args)) === 1
}

/** Adds counts of shapes of customer ids. */
export async function storeShapes(
  runner: ScriptRunner,
  keys: NamespaceKeys,
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  if (counts.size > 0) await runner.run(shapesScript, [keys.idShapes], [...counts].flat())
}

/** Says which tracking plan the workers have; the last one that says so counts. */
export async function storeWatchedPlan(
  runner: ScriptRunner,
  keys: NamespaceKeys,
  hash: string,
): Promise<void> {
  await runner.run(watchedPlanScript, [keys.idShapes], [hash])
}

/** Hash of the workers' tracking plan; null where none has said it in the last 14 days. */
export async function readWatchedPlan(
  client: RedisClient,
  keys: NamespaceKeys,
): Promise<string | null> {
  return await client.hget(keys.idShapes, 'plan')
}

/** Every profile. */
export async function readProfiles(
  client: RedisClient,
  keys: NamespaceKeys,
): Promise<readonly SeenProfile[]> {
  const members = await client.zrange(keys.drift, '0', '-1')
  const profiles: SeenProfile[] = []
  for (let first = 0; first < members.length; first += READ_AT_ONCE) {
    const group = members.slice(first, first + READ_AT_ONCE)
    const read = await Promise.all(group.map((member) => readMember(client, keys, member)))
    profiles.push(...read.filter((profile) => profile !== null))
  }
  return profiles
}

/** Every shape of customer ids, the most frequent first. */
export async function readShapes(
  client: RedisClient,
  keys: NamespaceKeys,
): Promise<readonly SeenShape[]> {
  const hash = await client.hgetall(keys.idShapes)
  const names = Object.keys(hash).flatMap((field) => /^n:(.*)$/s.exec(field)?.[1] ?? [])
  const shapes = names.map((shape) => ({
    shape,
    events: Number(hash[`n:${shape}`]),
    firstAt: Number(hash[`f:${shape}`]),
    lastAt: Number(hash[`l:${shape}`]),
  }))
  return shapes.toSorted((one, other) => other.events - one.events)
}

async function readMember(
  client: RedisClient,
  keys: NamespaceKeys,
  member: string,
): Promise<SeenProfile | null> {
  const [profile = {}, ...windows] = await Promise.all(
    profileKeys(keys, member).map((key) => client.hgetall(key)),
  )
  return readSeenProfile(member, profile, windows)
}

/** The profile and its two windows. */
function profileKeys(keys: NamespaceKeys, member: string): string[] {
  const profile = `${keys.drift}:${createHash('sha256').update(member).digest('hex').slice(0, 16)}`
  return [profile, `${profile}:0`, `${profile}:1`]
}
