// Reads the dead letters of one partition: by id, or newest first in pages. They are written by settle alone. A page
// begins behind a place, which is a time of death and a member: places stay valid while others die or are resolved.

import type { DeadLetterRecord } from '@retention-relay/events'
import { dedupeMember } from '@retention-relay/events'

import type { RedisClient } from '../connection/client.ts'
import { partitionKeys } from '../keys.ts'
import type { PartitionAddress } from '../keys.ts'

/** A dead letter as it is stored. */
export interface StoredDeadLetter {
  /** The last death. */
  readonly record: DeadLetterRecord
  readonly state: 'dead' | 'resolved'
  /** Groups dead letters of one cause. */
  readonly fingerprint: string
  /** How often the event died. 1 or more. */
  readonly deaths: number
  /** Earlier deaths, oldest first. */
  readonly history: readonly DeadLetterRecord[]
  /** How it was resolved. */
  readonly resolvedBy?: string
  /** In milliseconds since 1970. */
  readonly resolvedAt?: number
}

/** A place in the order of a partition's dead letters: newest first, then by member, descending. */
export interface DeadLetterPlace {
  /** When it was settled as dead, in milliseconds since 1970. */
  readonly diedAt: number
  /** Dedupe member of the id. */
  readonly member: string
}

/** Reads one partition's dead letters. */
export class DeadLetterStore {
  readonly #client: RedisClient
  readonly #key: string

  constructor(client: RedisClient, address: PartitionAddress) {
    this.#client = client
    this.#key = partitionKeys(address).dead
  }

  /** The dead letter of an event id, also a resolved one; null when there is none. */
  async find(id: string): Promise<StoredDeadLetter | null> {
    return await this.#readRecord(dedupeMember(id))
  }

  /** Number of unresolved dead letters. */
  async count(): Promise<number> {
    return await this.#client.zcard(this.#key)
  }

  /** At most `count` places of unresolved dead letters behind `after`, newest first. */
  async places(after: DeadLetterPlace | null, count: number): Promise<DeadLetterPlace[]> {
    if (after === null) return await this.#range('+inf', 0, count)
    // One settle may bury a thousand at the same time: those of the place's own time are skipped up to it.
    for (let offset = 0; ; offset += count) {
      const page = await this.#range(String(after.diedAt), offset, count)
      const rest = page.filter((place) => isBehind(place, after))
      if (rest.length > 0 || page.length < count) return rest
    }
  }

  /** The dead letter at a place; null when it was purged meanwhile. */
  async read({ member }: DeadLetterPlace): Promise<StoredDeadLetter | null> {
    return await this.#readRecord(member)
  }

  async #range(max: string, offset: number, count: number): Promise<DeadLetterPlace[]> {
    const reply = await this.#client.zrevrangebyscore(
      this.#key,
      max,
      '-inf',
      'WITHSCORES',
      'LIMIT',
      offset,
      count,
    )
    return Array.from({ length: reply.length / 2 }, (_, index) => {
      return { member: reply[2 * index] ?? '', diedAt: Number(reply[2 * index + 1]) }
    })
  }

  async #readRecord(member: string): Promise<StoredDeadLetter | null> {
    return readLetter(await this.#client.hgetall(`${this.#key}:${member}`))
  }
}

/** Redis' own order: score, then bytes of the member. */
function isBehind(place: DeadLetterPlace, other: DeadLetterPlace): boolean {
  return (
    place.diedAt < other.diedAt || (place.diedAt === other.diedAt && place.member < other.member)
  )
}

function readLetter(hash: Readonly<Record<string, string>>): StoredDeadLetter | null {
  const { record, fingerprint = '', state, deaths, resolvedBy, resolvedAt } = hash
  if (record === undefined) return null
  return {
    record: JSON.parse(record) as DeadLetterRecord,
    state: state === 'resolved' ? 'resolved' : 'dead',
    fingerprint,
    deaths: Number(deaths ?? 1),
    history: readHistory(hash),
    ...(resolvedBy === undefined ? {} : { resolvedBy }),
    ...(resolvedAt === undefined ? {} : { resolvedAt: Number(resolvedAt) }),
  }
}

/** Fields `history:<n>` hold the n-th death, once it was followed by another. */
function readHistory(hash: Readonly<Record<string, string>>): DeadLetterRecord[] {
  return Object.entries(hash)
    .filter(([field]) => field.startsWith('history:'))
    .map(([field, text]) => ({ death: Number(field.slice('history:'.length)), text }))
    .toSorted((one, other) => one.death - other.death)
    .map(({ text }) => JSON.parse(text) as DeadLetterRecord)
}
