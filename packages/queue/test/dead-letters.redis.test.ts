// Dead letters as settle keeps them: one letter per event, with its history, resolved when the event is delivered
// after all; and the balance accepted = delivered + duplicate + dead, whatever copies of an event there are.
import { jobName, replayJobName } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { DEATHS_KEPT } from '../src/consume/settle-script.ts'
import { fingerprintOf, FINGERPRINT_MAX_LENGTH } from '../src/dead-letters/fingerprint.ts'
import type { DeadLetterRecord } from '@retention-relay/events'
import type { SettledPosition } from '../src/index.ts'
import { claimJobs, countersOf, deadLetter, usePartitions } from './partition-setup.ts'
import type { Partition } from './partition-setup.ts'

const setup = usePartitions()

/** Dedupe member of the event that these tests are about. */
const MEMBER = '-8070450532247928832'

type Fate = 'delivered' | 'duplicate' | Partial<DeadLetterRecord>

/** A job with one copy of the event meets its fate. Jobs never overlap in these tests. */
const oneCopy = async (
  partition: Partition,
  fate: Fate,
  name = jobName(1),
  member = MEMBER,
): Promise<void> => {
  const jobId = await partition.add(1, name)
  await claimJobs(partition)
  const { token } = partition
  const positions = [positionOf(member, fate)]
  await partition.queue.settle({ token, jobs: [{ jobId, count: 1, positions }] })
}

const positionOf = (member: string, fate: Fate): SettledPosition => {
  if (typeof fate === 'string') return { position: 0, member, outcome: fate }
  return { position: 0, member, outcome: 'dead', record: deadLetter('01ORDER', fate) }
}

const letterOf = async ({ redis, keys }: Partition): Promise<Record<string, string>> =>
  await redis.hgetall(`${keys.dead}:${MEMBER}`)

const openLetters = async ({ redis, keys }: Partition): Promise<string[]> =>
  await redis.zrange(keys.dead, '0', '-1')

const groups = async ({ redis, keys }: Partition): Promise<Record<string, string>> =>
  await redis.hgetall(keys.deadGroups)

test('a death is kept with its record, its time and its group', async () => {
  const partition = await setup({ now: () => 1_764_000_002_000 })
  await oneCopy(partition, { attempts: 3 })
  const { keys, redis } = partition
  const fingerprint = 'rejected|400|attributes.plan|order_placed'
  expect(await letterOf(partition)).toEqual({
    record: JSON.stringify(deadLetter('01ORDER', { attempts: 3 })),
    fingerprint,
    state: 'dead',
    deaths: '1',
  })
  expect(await redis.zrange(keys.dead, '0', '-1', 'WITHSCORES')).toEqual([MEMBER, '1764000002000'])
  expect(await groups(partition)).toEqual({ [fingerprint]: '1' })
  expect(await redis.ttl(`${keys.dead}:${MEMBER}`)).toBe(-1)
})

test('letters of one cause share a group', async () => {
  const partition = await setup()
  await oneCopy(partition, {}, undefined, '1')
  await oneCopy(partition, {}, undefined, '2')
  await oneCopy(partition, { label: 'checkout_started' }, undefined, '3')
  expect(await groups(partition)).toEqual({
    'rejected|400|attributes.plan|order_placed': '2',
    'rejected|400|attributes.plan|checkout_started': '1',
  })
})

test('a fingerprint is cut, since field names come from outside', () => {
  const fingerprint = fingerprintOf(deadLetter('id', { field: 'x'.repeat(5000) }))
  expect(fingerprint).toHaveLength(FINGERPRINT_MAX_LENGTH)
})

test('a second death adds to the history of the letter and moves it to its new group', async () => {
  const partition = await setup()
  await oneCopy(partition, { attempts: 1 })
  await oneCopy(partition, { attempts: 2, status: 413, reason: 'oversize' }, replayJobName(1))
  await oneCopy(partition, { attempts: 5 }, replayJobName(1))
  expect(await letterOf(partition)).toMatchObject({
    record: JSON.stringify(deadLetter('01ORDER', { attempts: 5 })),
    'history:1': JSON.stringify(deadLetter('01ORDER', { attempts: 1 })),
    'history:2': JSON.stringify(
      deadLetter('01ORDER', { attempts: 2, status: 413, reason: 'oversize' }),
    ),
    deaths: '3',
    state: 'dead',
  })
  expect(await openLetters(partition)).toEqual([MEMBER])
  expect(await groups(partition)).toEqual({ 'rejected|400|attributes.plan|order_placed': '1' })
  expect(await countersOf(partition)).toEqual({ accepted: 1, replayed: 2, dead: 1, deaths: 3 })
})

test('a letter that dies again and again keeps its latest deaths, and counts all of them', async () => {
  const partition = await setup()
  const deaths = DEATHS_KEPT + 3
  for (let attempts = 1; attempts <= deaths; attempts += 1) {
    await oneCopy(partition, { attempts }, attempts === 1 ? undefined : replayJobName(1))
  }
  const letter = await letterOf(partition)
  const kept = Object.keys(letter).filter((field) => field.startsWith('history:'))
  expect(new Set(kept)).toEqual(
    new Set(Array.from({ length: DEATHS_KEPT }, (_, index) => `history:${index + 3}`)),
  )
  expect(letter['deaths']).toBe(String(deaths))
})

test.each(['delivered', 'duplicate'] as const)(
  'a letter whose event is sent again and ends as %s is resolved and leaves its group',
  async (outcome) => {
    const partition = await setup({ now: () => 1_764_000_009_000 })
    await oneCopy(partition, {})
    await oneCopy(partition, outcome, replayJobName(1))
    expect(await letterOf(partition)).toMatchObject({
      state: 'resolved',
      resolvedBy: outcome,
      resolvedAt: '1764000009000',
      deaths: '1',
    })
    expect(await openLetters(partition)).toEqual([])
    expect(await groups(partition)).toEqual({})
    const { redis, keys } = partition
    const ttl = await redis.ttl(`${keys.dead}:${MEMBER}`)
    expect(ttl).toBeGreaterThan(29 * 86_400)
    expect(ttl).toBeLessThanOrEqual(30 * 86_400)
  },
)

test('the death of an event that was delivered counts as delivered and makes no letter', async () => {
  const partition = await setup()
  await partition.queue.settle({ token: 'lost', jobs: [deliveredCopy('gone')] })
  await oneCopy(partition, {})
  expect(await openLetters(partition)).toEqual([])
  expect(await letterOf(partition)).toEqual({})
  expect(await countersOf(partition)).toEqual({ accepted: 1, delivered: 1 })
})

test('a resolved letter that dies again, its event no longer known as delivered, is open again and kept', async () => {
  let now = Date.UTC(2026, 0, 1)
  const partition = await setup({ now: () => now })
  await oneCopy(partition, {})
  await oneCopy(partition, 'delivered', replayJobName(1))
  now += 46 * 86_400_000
  await oneCopy(partition, { attempts: 9 })
  expect(await letterOf(partition)).toMatchObject({ state: 'dead', deaths: '2' })
  const { redis, keys } = partition
  expect(await redis.ttl(`${keys.dead}:${MEMBER}`)).toBe(-1)
  expect(await openLetters(partition)).toEqual([MEMBER])
  expect(await countersOf(partition)).toEqual({
    accepted: 2,
    replayed: 1,
    delivered: 1,
    dead: 1,
    deaths: 2,
  })
})

test('a letter that opens again counts once in its group, beside the others of it', async () => {
  const partition = await setup()
  await oneCopy(partition, {}, undefined, '1')
  await oneCopy(partition, {})
  await oneCopy(partition, 'duplicate', replayJobName(1))
  await oneCopy(partition, {})
  expect(await groups(partition)).toEqual({ 'rejected|400|attributes.plan|order_placed': '2' })
  expect(await openLetters(partition)).toHaveLength(2)
})

const deliveredCopy = (jobId: string) => {
  return { jobId, count: 1, positions: [positionOf(MEMBER, 'delivered')] }
}

// Copies of one event, in order, and what the counters must say afterwards. A service that calls again with the same
// id makes a copy that is accepted; a person who replays makes one that is not.
const service = jobName(1)
const person = replayJobName(1)
const dead = {}
test.each([
  ['dies, and a service sends it again', [dead, service, 'delivered', service], 1, 1, 0],
  ['dies twice, sent by services', [dead, service, dead, service], 0, 1, 1],
  [
    'dies twice and is delivered by a third copy',
    [dead, service, dead, service, 'delivered', service],
    1,
    2,
    0,
  ],
  ['dies, and a copy of it is a duplicate', [dead, service, 'duplicate', service], 0, 2, 0],
  ['dies, is replayed and delivered', [dead, service, 'delivered', person], 1, 0, 0],
  [
    'dies, is replayed twice, both delivered',
    [dead, service, 'delivered', person, 'duplicate', person],
    1,
    1,
    0,
  ],
  [
    'dies, a service sends it again, then a person',
    [dead, service, 'delivered', service, 'duplicate', person],
    1,
    2,
    0,
  ],
  [
    'dies again and again while it is replayed',
    [dead, service, dead, person, dead, person],
    0,
    0,
    1,
  ],
  ['is replayed without a letter, and dies', [dead, person], 0, 0, 1],
] as const)(
  'the counters add up when an event %s',
  async (_what, copies, delivered, duplicate, open) => {
    const partition = await setup()
    for (let at = 0; at < copies.length; at += 2) {
      await oneCopy(partition, copies[at] as Fate, copies[at + 1] as string)
    }
    const counters = await countersOf(partition)
    const { accepted = 0 } = counters
    const counted = [counters['delivered'] ?? 0, counters['duplicate'] ?? 0, counters['dead'] ?? 0]
    expect(counted).toEqual([delivered, duplicate, open])
    expect(accepted).toBe(delivered + duplicate + open)
    expect(await openLetters(partition)).toHaveLength(open)
  },
)
