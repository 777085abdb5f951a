// docs/lifecycle.md draws how an event moves. No table of the code says it: where an event is follows from what the consumer
// asks of the queue and of the destination. A whole consumer is watched with events of every fate: each move that is seen
// is drawn, and each that is drawn is seen.
import { readFileSync } from 'node:fs'

import type { RelayEvent, ResponseClass } from '@retention-relay/events'
import { dedupeMember, replayJobName } from '@retention-relay/events'
import { readDiagram } from '@retention-relay/testkit'
import { expect, test } from 'vitest'

import { forMs, setupConsumer, startConsumer } from './consumer-setup.ts'
import type { ConsumerBench } from './consumer-setup.ts'
import { claimedJob, track } from './events.ts'
import { DELIVERED, UNAVAILABLE } from './scripted-destination.ts'
import type { SentOperation } from './scripted-destination.ts'

/** Where each event is, as the calls of the ports tell, and every move that was seen. */
class Watch {
  readonly moves: Record<string, string[]> = {}
  readonly #places = new Map<string, string>()

  to(id: string, place: string): void {
    this.memberTo(dedupeMember(id), place)
  }

  /** By the event's id in the dedupe store. */
  memberTo(member: string, place: string): void {
    const from = this.#places.get(member)
    this.#places.set(member, place)
    if (from === undefined || from === place) return
    const seen = (this.moves[from] ??= [])
    if (!seen.includes(place)) seen.push(place)
  }
}

/** Tells the watch of every call. */
function follow({ partition, destination }: ConsumerBench, watch: Watch): void {
  const claim = partition.claim.bind(partition)
  const requeue = partition.requeue.bind(partition)
  const settle = partition.settle.bind(partition)
  const idsOf = (jobs: readonly { readonly data: Buffer }[]): string[] =>
    jobs.flatMap(({ data }) => {
      const { events } = JSON.parse(data.toString()) as { events: RelayEvent[] }
      return events.map(({ id }) => id)
    })
  partition.claim = async (request) => {
    const reply = await claim(request)
    if (reply.kind === 'claimed') for (const id of idsOf(reply.jobs)) watch.to(id, 'claimed')
    return reply
  }
  partition.requeue = async (...request) => {
    const ids = idsOf(partition.active)
    const reply = await requeue(...request)
    if (reply === 'requeued') for (const id of ids) watch.to(id, 'waiting')
    return reply
  }
  partition.settle = async (request) => {
    const positions = request.jobs.flatMap((job) => job.positions)
    for (const { member, outcome } of positions) watch.memberTo(member, outcome)
    return await settle(request)
  }
  const { answer } = destination
  destination.answer = async (sent, index) => {
    for (const { id } of sent.operations) watch.to(id!, 'sent')
    const response = await answer(sent, index)
    const isOpen = response.kind === 'retry'
    if (isOpen) for (const { id } of sent.operations) watch.to(id!, 'claimed')
    return response
  }
}

/** Edges in any order. */
const sorted = (edges: Readonly<Record<string, readonly string[]>>): [string, string[]][] =>
  Object.entries(edges)
    .map(([from, to]): [string, string[]] => [from, to.toSorted()])
    .toSorted(([one], [other]) => one.localeCompare(other))

test('an event moves as it is drawn, and not otherwise', async () => {
  const bench = setupConsumer()
  const { partition, destination } = bench
  const [plain, refused, known, foreign] = [track('a'), track('b'), track('c'), track('d')]
  const indexOf = (operations: readonly SentOperation[]): number =>
    operations.findIndex(({ id }) => id === refused.id)
  let isRefusing = true
  destination.answer = ({ operations }, index): ResponseClass => {
    if (index === 0) return UNAVAILABLE
    const at = indexOf(operations)
    if (at === -1 || !isRefusing) return DELIVERED
    return { kind: 'partly_refused', rejections: [{ index: at, status: 400 }] }
  }
  const watch = new Watch()
  follow(bench, watch)
  for (const { id } of [plain, refused, known, foreign]) watch.to(id, 'waiting')
  partition.members.add(dedupeMember(known.id))
  partition.add(plain, refused, known)
  partition.addJob({
    ...claimedJob([foreign], { claims: 0 }),
    data: Buffer.from(JSON.stringify({ v: 1, ns: 'another', events: [foreign] })),
  })
  // A former owner has claimed the first job: it is put back at the start.
  await partition.claim({ token: 'worker#1', maxJobs: 1, maxBytes: 1, held: 0 })
  startConsumer(bench)
  await forMs(bench, 10_000)
  expect(partition.counters).toMatchObject({ delivered: 1, duplicate: 1, dead: 2 })

  isRefusing = false
  watch.to(refused.id, 'waiting')
  partition.addJob(claimedJob([refused], { name: replayJobName(1), claims: 0 }))
  await forMs(bench, 10_000)
  expect(partition.counters).toMatchObject({ delivered: 2 })

  const text = readFileSync(new URL('../../../docs/lifecycle.md', import.meta.url), 'utf8')
  expect(sorted(watch.moves)).toEqual(sorted(readDiagram(text, 'An event')))
})
