// Several workers on one lease store and one clock: who drains what.
import { expect, test } from 'vitest'

import { deferred } from '../src/deferred.ts'
import { TTL_MS } from './fake-leases.ts'
import { setupWorkers } from './manager-setup.ts'

const never = new Promise<never>(() => undefined)

test('a worker alone leases everything, and has the whole rate', async () => {
  const { clock, start } = setupWorkers(16)
  const worker = start('a')
  await clock.advance(1000)
  expect([worker.manager.leased.length, worker.recorder.taken.length]).toEqual([16, 16])
  expect(worker.rate.perSecond).toBeCloseTo(90)
  await clock.until(worker.manager.stop(5000))
})

test('three workers share evenly within seconds, and their rates add up to the limit', async () => {
  const { clock, store, start } = setupWorkers(16)
  const workers = [start('a'), start('b'), start('c')]
  await clock.advance(12_000)
  expect(store.shares(16)).toEqual({ a: 6, b: 5, c: 5 })
  const sum = workers.reduce((total, { rate }) => total + rate.perSecond, 0)
  expect(sum).toBeCloseTo(90)
  await clock.advance(3_600_000)
  expect(store.shares(16)).toEqual({ a: 6, b: 5, c: 5 })
  // Once it is settled nothing moves any more.
  expect(workers.map(({ recorder }) => recorder.ended.length)).toEqual([10, 0, 0])
})

test('a newcomer is handed the surplus one by one, each only when the last was given back', async () => {
  const { clock, store, start } = setupWorkers(8)
  const old = start('a')
  await clock.advance(1000)
  const gate = deferred()
  old.stopping = () => gate.promise
  start('b')
  await clock.advance(20_000)
  expect(old.consumers.filter(({ isStopped }) => isStopped)).toHaveLength(1)
  expect(store.shares(8)).toEqual({ a: 8 })
  gate.resolve()
  await clock.advance(10_000)
  expect(store.shares(8)).toEqual({ a: 4, b: 4 })
  expect(old.recorder.ended.map(({ cause }) => cause)).toEqual(Array(4).fill('handed over'))
})

test('the partitions of a worker that dies are taken over when its leases have lapsed', async () => {
  const { clock, store, start } = setupWorkers(8)
  const cut = { isDead: false }
  const dead = (): Promise<never> => Promise.reject(new Error('ECONNRESET'))
  const leases = store.leasesOf('a')
  const registry = store.registryOf('a')
  const dying = start('a', {
    leases: {
      acquire: (...call) => (cut.isDead ? dead() : leases.acquire(...call)),
      renew: (...call) => (cut.isDead ? dead() : leases.renew(...call)),
      release: (...call) => (cut.isDead ? dead() : leases.release(...call)),
    },
    registry: {
      ...registry,
      register: () => (cut.isDead ? dead() : registry.register()),
      leave: () => registry.leave(),
    },
  })
  start('b')
  await clock.advance(12_000)
  expect(store.shares(8)).toEqual({ a: 4, b: 4 })
  cut.isDead = true
  // Its holder stops at least a margin before Redis gives the lease to another one.
  await clock.advance(9500)
  expect(dying.manager.leased).toEqual([])
  expect(store.ownerOf(0)).not.toMatch(/^b/)
  await clock.advance(5000)
  expect(store.shares(8)).toEqual({ b: 8 })
  expect(dying.recorder.ended.map(({ cause }) => cause)).toContain('it was not renewed in time')
  expect(dying.rate.perSecond).toBe(0)
})

test('a partition is not acquired again before the consumer that lost it has ended', async () => {
  const { clock, store, start } = setupWorkers(1)
  const worker = start('a')
  await clock.advance(1000)
  const [consumer] = worker.consumers
  const ending = deferred()
  Object.defineProperty(consumer!, 'leaseOver', { value: () => undefined })
  void ending.promise.then(() => consumer!.stop())
  store.leases.clear()
  store.changeToken(0, 'b#1')
  await clock.advance(20_000)
  expect([worker.recorder.ended.length, worker.consumers.length]).toEqual([1, 1])
  ending.resolve()
  await clock.advance(1000)
  expect(worker.consumers).toHaveLength(2)
})

test('a lease that another worker holds ends at the next renewal', async () => {
  const { clock, store, start } = setupWorkers(1)
  const worker = start('a')
  await clock.advance(1000)
  store.changeToken(0, 'b#7')
  await clock.advance(3000)
  expect(worker.recorder.ended).toEqual([{ partition: 0, cause: 'another worker has it' }])
  expect(worker.consumers[0]!.lease.isValid()).toBe(false)
})

test('a consumer that ends by itself gives its partition up, and it is leased again', async () => {
  const { clock, start } = setupWorkers(1)
  const worker = start('a')
  await clock.advance(1000)
  worker.consumers[0]!.leaseOver()
  await clock.advance(1000)
  expect(worker.recorder.ended).toEqual([{ partition: 0, cause: 'its lease is over' }])
  expect(worker.manager.leased).toEqual([0])
})

test.each([
  ['a requeue', ['a#50']],
  ['two requeues', ['a#50', 'a#51']],
])(
  'a token that %s changed while the renewal was under way is not a loss',
  async (_what, tokens) => {
    const { clock, store, start } = setupWorkers(1)
    const leases = store.leasesOf('a')
    const late = [...tokens]
    const worker = start('a', {
      leases: {
        ...leases,
        renew: async (partition, current) => {
          const sent = [...current]
          const { lease } = worker.consumers[0]!
          const requeue = (): void => {
            const token = late.shift()
            if (token === undefined) return
            lease.offer(token)
            store.changeToken(0, token)
            lease.accept(token)
          }
          // The first is carried out before the renewal, the others before its answer is read.
          requeue()
          const reply = await leases.renew(partition, sent)
          while (late.length > 0) requeue()
          return reply
        },
      },
    })
    await clock.advance(60_000)
    expect([worker.recorder.ended, worker.manager.leased]).toEqual([[], [0]])
  },
)

test('when the registry cannot be read nothing is taken and nothing handed over', async () => {
  const { clock, store, start } = setupWorkers(4)
  const worker = start('a', {
    registry: {
      register: () => Promise.reject(new Error('OOM')),
      leave: () => Promise.resolve(),
      pause: () => Promise.resolve(),
    },
  })
  await clock.advance(10_000)
  expect([worker.manager.leased, store.shares(4)]).toEqual([[], { '': 4 }])
})

test('a stop releases every lease and leaves the registry, so that the successor starts at once', async () => {
  const { clock, store, start } = setupWorkers(8)
  const worker = start('a')
  await clock.advance(1000)
  await clock.until(worker.manager.stop(5000))
  expect([store.shares(8), store.live]).toEqual([{ '': 8 }, []])
  expect(worker.recorder.ended).toHaveLength(8)
  expect(worker.consumers.every(({ isStopped }) => isStopped)).toBe(true)
})

test('a stop during a hand-over tells the end of that lease once', async () => {
  const { clock, start } = setupWorkers(2)
  const worker = start('a')
  await clock.advance(1000)
  const gate = deferred()
  worker.stopping = () => gate.promise
  start('b')
  await clock.advance(2000)
  const stopping = worker.manager.stop(5000)
  gate.resolve()
  await clock.until(stopping)
  const ended = worker.recorder.ended.map(({ partition }) => partition)
  expect(ended.toSorted((one, other) => one - other)).toEqual([0, 1])
})

test('a lease that lapses during its hand-over ends once', async () => {
  const { clock, store, start } = setupWorkers(2)
  const worker = start('a')
  await clock.advance(1000)
  const gate = deferred()
  worker.stopping = () => gate.promise
  start('b')
  await clock.advance(2000)
  const leaving = worker.consumers.find(({ isStopped }) => isStopped)!
  store.changeToken(leaving.lease.partition, 'c#1')
  await clock.advance(15_000)
  gate.resolve()
  await clock.advance(1000)
  const ends = worker.recorder.ended.filter(
    ({ partition }) => partition === leaving.lease.partition,
  )
  expect(ends).toHaveLength(1)
})

test('a lease that is granted while the worker stops is given back, and nothing is consumed on it', async () => {
  const { clock, store, start } = setupWorkers(1)
  const leases = store.leasesOf('a')
  const answer = deferred()
  const worker = start('a', {
    leases: {
      ...leases,
      acquire: async (...call) => {
        const reply = await leases.acquire(...call)
        await answer.promise
        return reply
      },
    },
  })
  await clock.advance(100)
  const stopping = worker.manager.stop(5000)
  answer.resolve()
  await clock.until(stopping)
  expect([worker.consumers, store.ownerOf(0)]).toEqual([[], ''])
})

test.each(['acquire', 'release'] as const)(
  'a lease is given back at the stop though the answer to its %s was lost',
  async (call) => {
    const { clock, store, start } = setupWorkers(4)
    const leases = store.leasesOf('a')
    const lost = new Set([0, 2])
    const worker = start('a', {
      leases: {
        ...leases,
        // An acquire has taken effect, a release has not.
        [call]: async (partition: number, words: never) => {
          if (call === 'acquire' || !lost.has(partition)) await leases[call](partition, words)
          if (lost.delete(partition)) throw new Error('ECONNRESET')
          return { held: true }
        },
      },
    })
    await clock.advance(100)
    expect(store.ownerOf(0)).toMatch(/^a#/)
    await clock.until(worker.manager.stop(5000))
    expect(lost.size).toBe(0)
    expect(store.shares(4)).toEqual({ '': 4 })
  },
)

test.each(['release', 'renew', 'acquire'] as const)(
  'a stop ends with its grace also when %s hangs',
  async (hanging) => {
    const { clock, store, start } = setupWorkers(2)
    const leases = store.leasesOf('a')
    const worker = start('a', { leases: { ...leases, [hanging]: () => never } })
    await clock.advance(4000)
    const begun = clock.monotonic()
    await clock.until(worker.manager.stop(5000))
    expect(clock.monotonic() - begun).toBeLessThanOrEqual(5000)
    expect(worker.consumers.every(({ isStopped }) => isStopped)).toBe(true)
  },
)

test('a lease whose renewal hangs ends in time, and so does its consumer', async () => {
  const { clock, store, start } = setupWorkers(1)
  const leases = store.leasesOf('a')
  const worker = start('a', { leases: { ...leases, renew: () => never } })
  await clock.advance(12_000)
  expect(worker.consumers[0]!.lease.isValid()).toBe(false)
  expect(worker.recorder.ended).toHaveLength(1)
})

test('a renewal that is answered late prolongs its lease from the moment before it was asked for', async () => {
  const { clock, store, start } = setupWorkers(1)
  const leases = store.leasesOf('a')
  const answerMs = 4000
  const worker = start('a', {
    leases: {
      ...leases,
      renew: async (...call) => {
        const reply = await leases.renew(...call)
        await clock.sleep(answerMs, new AbortController().signal)
        return reply
      },
    },
  })
  await clock.advance(TTL_MS / 4 + answerMs + 500)
  const { lease } = worker.consumers[0]!
  expect(lease.isValid()).toBe(true)
  expect(lease.remainingMs()).toBeLessThanOrEqual(TTL_MS - 1000 - answerMs)
})

test('a renewal that hangs does not keep the other leases from being renewed', async () => {
  const { clock, store, start } = setupWorkers(2)
  const leases = store.leasesOf('a')
  const worker = start('a', {
    leases: {
      ...leases,
      renew: (partition, tokens) => (partition === 0 ? never : leases.renew(partition, tokens)),
    },
  })
  await clock.advance(30_000)
  expect(worker.manager.leased).toContain(1)
  expect(worker.recorder.ended.some(({ partition }) => partition === 1)).toBe(false)
})

test.each(['registry', 'acquire'] as const)(
  'what hangs of %s does not keep leases from being renewed',
  async (hanging) => {
    const { clock, store, start } = setupWorkers(2)
    const [leases, registry] = [store.leasesOf('a'), store.registryOf('a')]
    const state = { hangs: false }
    const worker = start('a', {
      leases: {
        ...leases,
        acquire: (...call) =>
          hanging === 'acquire' && call[0] === 1 ? never : leases.acquire(...call),
      },
      registry: {
        ...registry,
        ...registry,
        register: () => (hanging === 'registry' && state.hangs ? never : registry.register()),
      },
    })
    // The lease of partition 0 is granted in the round that hangs, or in one before.
    await clock.advance(1000)
    state.hangs = true
    await clock.advance(60_000)
    expect(worker.recorder.ended).toEqual([])
    expect(worker.manager.leased).toContain(0)
  },
)
