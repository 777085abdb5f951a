// A consumer through lost answers, lost leases, a stop and bugs: nothing lost, nothing overtaken, and what was delivered
// is written down.
import type { RelayEvent, ResponseClass } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { ByteBudget } from '../src/byte-budget.ts'
import type { ConsumerBench } from './consumer-setup.ts'
import { forMs, setupConsumer, startConsumer } from './consumer-setup.ts'
import { claimedJob, track } from './events.ts'
import type { Call, Fault } from './fake-partition.ts'
import { DELIVERED, refusal, UNAVAILABLE } from './scripted-destination.ts'

function addSingly(bench: ConsumerBench, events: readonly RelayEvent[]): string[] {
  for (const event of events) bench.partition.add(event)
  return events.map(({ id }) => id)
}

/** A promise that the test resolves. */
function latch(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open }
}

const FAULTS: [Call, Fault][] = [
  ['claim', 'before'],
  ['claim', 'after'],
  ['delivered', 'before'],
  ['delivered', 'after'],
  ['settle', 'before'],
  ['settle', 'after'],
  ['requeue', 'before'],
  ['requeue', 'after'],
]

test.each(FAULTS)(
  'a %s that fails %s it took effect costs nothing: all arrive once and in order',
  async (call, fault) => {
    const bench = setupConsumer()
    const ids = addSingly(
      bench,
      Array.from({ length: 20 }, (_, index) => track(`cus_${index % 2}`)),
    )
    bench.partition.failNext(call, fault)
    startConsumer(bench)
    await forMs(bench, 5_000)
    expect(new Set(bench.destination.applied.map(({ id }) => id))).toEqual(new Set(ids))
    expect(bench.destination.applied).toHaveLength(20)
    for (const name of ['cus_0', 'cus_1']) {
      const own = bench.destination.applied.filter(({ identifiers }) => identifiers.id === name)
      expect(own.map(({ id }) => id)).toEqual(
        ids.filter((id) => own.some((sent) => sent.id === id)),
      )
    }
    expect(bench.partition.counters).toEqual({ accepted: 20, delivered: 20, duplicate: 0, dead: 0 })
    expect([bench.partition.wait, bench.partition.active]).toEqual([[], []])
  },
)

test('a settle whose answer is lost is repeated before the requeue', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  bench.partition.failNext('settle', 'before')
  startConsumer(bench)
  await forMs(bench, 2_000)
  const calls = bench.partition.calls.filter((call) => call === 'settle' || call === 'requeue')
  expect(calls).toEqual(['requeue', 'settle', 'settle', 'requeue'])
  expect(bench.destination.sent).toHaveLength(1)
})

test('what a repeated settle has settled is told, and forgotten with what its requests had shown', async () => {
  const bench = setupConsumer()
  const { partition, recorder } = bench
  const uncertain: unknown[] = []
  const requeue = partition.requeue.bind(partition)
  partition.requeue = async (...call) => {
    uncertain.push(call[3])
    return await requeue(...call)
  }
  partition.add(track('a'))
  bench.destination.answer = (_sent, index) => (index === 0 ? UNKNOWN : DELIVERED)
  partition.failNext('settle', 'after')
  startConsumer(bench)
  await forMs(bench, 5_000)
  expect(partition.counters.delivered).toBe(1)
  expect(uncertain).toEqual(['active', []])
  expect(recorder.settles.map(({ delivered }) => delivered)).toEqual([1])
})

test('a requeue that is answered late prolongs the lease from the moment before it was sent', async () => {
  const bench = setupConsumer()
  const late = latch()
  bench.partition.holdAnswers('requeue', late.promise)
  startConsumer(bench)
  const wholeMs = bench.lease.remainingMs()
  await bench.clock.advance(4000)
  late.open()
  await bench.clock.advance(0)
  expect(bench.partition.calls).toContain('claim')
  expect(bench.lease.remainingMs()).toBe(wholeMs - 4000)
})

test("a customer's next event leaves after the settle of the one before; other customers go ahead", async () => {
  const bench = setupConsumer()
  const [a1, a2] = [track('a'), track('a')]
  bench.partition.add(a1, a2)
  const held = latch()
  bench.partition.holdAnswers('settle', held.promise)
  startConsumer(bench)
  await forMs(bench, 300)
  const b1 = track('b')
  bench.partition.add(b1)
  await forMs(bench, 300)
  expect(bench.destination.batches).toEqual([[a1.id], [b1.id]])
  held.open()
  await forMs(bench, 300)
  expect(bench.destination.batches).toEqual([[a1.id], [b1.id], [a2.id]])
})

test('there is at most one request at a time', async () => {
  const bench = setupConsumer({ limits: { maxOps: 2, maxBytes: 100_000 } })
  addSingly(
    bench,
    Array.from({ length: 30 }, (_, index) => track(`cus_${index}`)),
  )
  bench.destination.answer = async () => {
    await bench.clock.sleep(20, new AbortController().signal)
    return DELIVERED
  }
  startConsumer(bench)
  await forMs(bench, 2_000)
  expect(bench.destination.sent).toHaveLength(15)
  expect(bench.destination.mostInFlight).toBe(1)
})

test('another token in Redis ends the consumer; what it had delivered is in the dedupe store', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  bench.destination.answer = () => {
    bench.partition.token = 'other#1'
    return DELIVERED
  }
  const consumer = startConsumer(bench)
  await forMs(bench, 2_000)
  expect(consumer.state).toBe('ended')
  expect(bench.lease.isValid()).toBe(false)
  expect(bench.partition.members.size).toBe(1)
  expect(bench.partition.counters.delivered).toBe(0)
})

test('when the lease is over nothing more is sent', async () => {
  const bench = setupConsumer()
  const consumer = startConsumer(bench)
  await bench.clock.advance(100)
  bench.clock.jump(20_000)
  bench.partition.add(track('a'))
  await bench.clock.advance(3_000)
  expect(consumer.state).toBe('ended')
  expect(bench.destination.sent).toHaveLength(0)
})

test('a stop puts every job back in order and lets go of nothing that is settled', async () => {
  const bench = setupConsumer({ limits: { maxOps: 1, maxBytes: 100_000 } })
  const ids = addSingly(
    bench,
    Array.from({ length: 6 }, (_, index) => track(`cus_${index}`)),
  )
  bench.destination.answer = async () => {
    await bench.clock.sleep(50, new AbortController().signal)
    return DELIVERED
  }
  const consumer = startConsumer(bench)
  await bench.clock.advance(120)
  const stopped = consumer.stop(60_000, 60_000)
  await bench.clock.until(stopped)
  const delivered = bench.destination.applied.map(({ id }) => id)
  expect(delivered.length).toBeGreaterThan(0)
  expect(bench.partition.active).toEqual([])
  expect(idsOf(bench)).toEqual(ids.filter((id) => !delivered.includes(id)))
  expect(consumer.state).toBe('ended')
})

test('a stop does not wait for a destination that hangs longer than it is given', async () => {
  const bench = setupConsumer()
  const ids = addSingly(bench, [track('a'), track('b')])
  const never = latch()
  bench.destination.answer = async () => {
    await never.promise
    return DELIVERED
  }
  const consumer = startConsumer(bench)
  await bench.clock.advance(100)
  await bench.clock.until(consumer.stop(10, 60_000))
  expect(idsOf(bench)).toEqual(ids)
})

test('a stop ends within its grace while Redis is away', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  bench.destination.answer = () => {
    bench.partition.isDown = true
    return DELIVERED
  }
  const consumer = startConsumer(bench)
  await bench.clock.advance(200)
  await bench.clock.until(consumer.stop(10, 20))
  expect(consumer.state).toBe('ended')
})

test('while the queue is paused nothing is claimed, and it is said', async () => {
  const bench = setupConsumer()
  bench.partition.isPaused = true
  bench.partition.add(track('a'))
  startConsumer(bench)
  await forMs(bench, 5_000)
  expect(bench.destination.sent).toHaveLength(0)
  expect(bench.recorder.pauses).toEqual(['operator'])
  bench.partition.isPaused = false
  await forMs(bench, 2_000)
  expect(bench.destination.sent).toHaveLength(1)
  expect(bench.recorder.resumes).toEqual(['operator'])
})

test('a pause that ends while the session is gone does not stay told', async () => {
  const bench = setupConsumer()
  bench.partition.isPaused = true
  startConsumer(bench)
  await forMs(bench, 2_000)
  bench.partition.failNext('claim', 'before')
  await forMs(bench, 1_000)
  bench.partition.isPaused = false
  await forMs(bench, 3_000)
  expect(bench.recorder.resumes.length).toBe(bench.recorder.pauses.length)
  expect(bench.recorder.pauses.length).toBeGreaterThan(0)
})

test('a job of a newer format holds the partition and is not dropped', async () => {
  const bench = setupConsumer()
  const before = track('a')
  bench.partition.add(before)
  bench.partition.addJob(
    claimedJob([track('a')], { claims: 0, data: Buffer.from('{"v":2,"ns":"test","events":[]}') }),
  )
  bench.partition.add(track('a'))
  startConsumer(bench)
  await forMs(bench, 10_000)
  expect(bench.destination.batches).toEqual([[before.id]])
  expect(bench.recorder.pauses).toEqual(['newer_format'])
  expect(bench.partition.deadLetters).toEqual([])
  expect(bench.partition.active).toHaveLength(2)
})

test('damaged positions and jobs of another namespace become dead letters; what is behind them goes on', async () => {
  const bench = setupConsumer()
  const [good, foreign, last] = [track('a'), track('b'), track('c')]
  bench.partition.addJob(
    claimedJob([good, good], {
      claims: 0,
      data: Buffer.from(JSON.stringify({ v: 1, ns: 'test', events: [good, { id: 7 }] })),
    }),
  )
  bench.partition.addJob(claimedJob([good], { claims: 0, data: Buffer.from('not json') }))
  bench.partition.addJob(
    claimedJob([foreign], {
      claims: 0,
      data: Buffer.from(JSON.stringify({ v: 1, ns: 'staging', events: [foreign] })),
    }),
  )
  bench.partition.add(last)
  startConsumer(bench)
  await forMs(bench, 2_000)
  expect(bench.destination.applied.map(({ id }) => id)).toEqual([good.id, last.id])
  expect(bench.partition.deadLetters.map(({ reason }) => reason)).toEqual([
    'malformed',
    'malformed',
    'wrong_environment',
  ])
  expect([bench.partition.wait, bench.partition.active]).toEqual([[], []])
})

test('positions that were settled before are not sent again, and a job without open ones is cleared away', async () => {
  const bench = setupConsumer()
  const [done, open, gone] = [track('a'), track('b'), track('c')]
  bench.partition.addJob(claimedJob([done, open], { settled: 'd-' }))
  bench.partition.addJob(claimedJob([gone], { settled: 'd' }))
  startConsumer(bench)
  await forMs(bench, 1_000)
  expect(bench.destination.batches).toEqual([[open.id]])
  expect([bench.partition.wait, bench.partition.active]).toEqual([[], []])
})

test('the bytes of held jobs are given back, also when the session is lost', async () => {
  const budget = new ByteBudget(1_000_000)
  const bench = setupConsumer({ budget })
  addSingly(
    bench,
    Array.from({ length: 10 }, (_, index) => track(`cus_${index}`)),
  )
  bench.partition.failNext('delivered', 'before')
  startConsumer(bench)
  await forMs(bench, 2_000)
  expect(bench.destination.applied).toHaveLength(10)
  expect(budget.free).toBe(1_000_000)
})

test('a destination that throws costs nothing, and sessions that settle nothing begin ever more slowly', async () => {
  const bench = setupConsumer()
  bench.partition.add(track('a'))
  bench.destination.answer = () => {
    throw new Error('a bug')
  }
  startConsumer(bench)
  await forMs(bench, 10_000)
  const tries = bench.destination.sent.length
  expect(tries).toBeGreaterThan(3)
  expect(tries).toBeLessThan(20)
  bench.destination.answer = () => DELIVERED
  await forMs(bench, 2_000)
  expect(bench.partition.counters).toMatchObject({ delivered: 1, dead: 0 })
})

function idsOf(bench: ConsumerBench): string[] {
  return bench.partition.wait.flatMap(({ data }) => {
    const job = JSON.parse(data.toString()) as { events: { id: string }[] }
    return job.events.map(({ id }) => id)
  })
}

const UNKNOWN: ResponseClass = { ...UNAVAILABLE, unknownOutcome: true } as ResponseClass

test('what a former owner may have had in flight is told when it dies', async () => {
  const bench = setupConsumer()
  const [taken, waiting] = [track('a'), track('b')]
  bench.partition.active.push(claimedJob([taken]))
  bench.partition.add(waiting)
  bench.destination.answer = () => refusal()
  startConsumer(bench)
  await forMs(bench, 2_000)
  const told = bench.partition.deadLetters.map(({ id, maybeDelivered }) => [id, maybeDelivered])
  expect(new Map(told as [string, boolean][])).toEqual(
    new Map([
      [taken.id, true],
      [waiting.id, false],
    ]),
  )
})

test('what requests have shown of an event outlives a requeue', async () => {
  const bench = setupConsumer()
  const [event, other] = [track('a'), track('b')]
  bench.partition.add(event)
  bench.destination.answer = (_sent, index) => (index === 0 ? UNKNOWN : refusal())
  startConsumer(bench)
  await forMs(bench, 100)
  bench.partition.failNext('delivered', 'before')
  bench.partition.add(other)
  await forMs(bench, 5_000)
  expect(bench.partition.calls.filter((call) => call === 'requeue')).toHaveLength(2)
  // Once before the requeue; then both together, and each alone.
  expect(bench.partition.deadLetters).toMatchObject([
    { id: event.id, attempts: 3, maybeDelivered: true },
    { id: other.id, attempts: 2, maybeDelivered: false },
  ])
})

test('a consumer that stops leaves word of what may have been delivered', async () => {
  const bench = setupConsumer()
  const [event, other] = [track('a'), track('b')]
  bench.partition.add(event)
  bench.partition.add(other)
  bench.destination.answer = ({ operations }) =>
    operations.some(({ id }) => id === event.id) ? UNKNOWN : DELIVERED
  const consumer = startConsumer(bench)
  await forMs(bench, 300)
  await bench.clock.until(consumer.stop(1000, 2000))
  const told = bench.partition.wait.map(({ maybeDelivered }) => maybeDelivered)
  expect(told).toEqual([true, true])
})
