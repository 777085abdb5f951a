// Several workers that share the partitions of one namespace, on one fake lease store and one fake clock.
import { expect, onTestFinished, test } from 'vitest'

import type { Consumer } from '../src/consumer.ts'
import { PartitionManager } from '../src/partition-manager.ts'
import type { LeasePort, RegistryPort } from '../src/ports.ts'
import { RateShare } from '../src/rate-share.ts'
import { FakeClock } from './fake-clock.ts'
import { Recorder } from './recorder.ts'

const PARTITIONS = 16
const TIMES = { ttlMs: 10_000, marginMs: 1_000 }

/** Leases and registry of one namespace. */
class FakeNamespace {
  readonly #clock: FakeClock
  readonly leases = new Map<number, { token: string; until: number }>()
  readonly #live = new Map<string, number>()
  /** Workers whose commands get no answer. */
  readonly silent = new Set<string>()

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  owner(partition: number): string {
    const lease = this.leases.get(partition)
    return lease !== undefined && lease.until > this.#clock.monotonic() ? lease.token : ''
  }

  owned(workerId: string): number {
    return Array.from({ length: PARTITIONS }, (_, partition) => this.owner(partition)).filter(
      (owner) => owner.startsWith(`${workerId}#`),
    ).length
  }

  leasePort(workerId: string): LeasePort {
    const until = (): number => this.#clock.monotonic() + TIMES.ttlMs
    return {
      acquire: async (partition, token) => {
        this.#answer(workerId)
        const owner = this.owner(partition)
        if (owner !== '' && !owner.startsWith(`${workerId}#`)) return { held: false }
        this.leases.set(partition, { token, until: until() })
        return { held: true }
      },
      renew: async (partition, tokens) => {
        this.#answer(workerId)
        const owner = this.owner(partition)
        if (!tokens.includes(owner)) return { held: false, owner }
        this.leases.set(partition, { token: owner, until: until() })
        return { held: true, owner }
      },
      release: async (partition, tokens) => {
        this.#answer(workerId)
        if (tokens.includes(this.owner(partition))) this.leases.delete(partition)
      },
    }
  }

  registryPort(workerId: string): RegistryPort {
    return {
      register: async () => {
        this.#answer(workerId)
        this.#live.set(workerId, this.#clock.monotonic() + TIMES.ttlMs)
        return [...this.#live]
          .filter(([, until]) => until > this.#clock.monotonic())
          .map(([id]) => id)
      },
      leave: async () => {
        this.#live.delete(workerId)
      },
    }
  }

  #answer(workerId: string): void {
    if (this.silent.has(workerId)) throw new Error('Connection is closed.')
  }
}

/** A consumer that holds nothing. */
class IdleConsumer {
  readonly done: Promise<void>
  #end: () => void = () => undefined

  constructor() {
    this.done = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  leaseOver(): void {
    this.#end()
  }

  async stop(): Promise<void> {
    this.#end()
  }
}

interface Bench {
  readonly clock: FakeClock
  readonly namespace: FakeNamespace
  readonly start: (workerId: string) => {
    manager: PartitionManager
    recorder: Recorder
    rate: RateShare
  }
}

function setup(): Bench {
  const clock = new FakeClock()
  const namespace = new FakeNamespace(clock)
  const start: Bench['start'] = (workerId) => {
    const recorder = new Recorder()
    const rate = new RateShare(100, clock)
    let epoch = 0
    const manager = new PartitionManager({
      workerId,
      partitions: PARTITIONS,
      times: TIMES,
      leases: namespace.leasePort(workerId),
      registry: namespace.registryPort(workerId),
      rate,
      clock,
      observer: recorder,
      nextToken: () => `${workerId}#${(epoch += 1)}`,
      consume: () => new IdleConsumer() as unknown as Consumer,
      requestTimeoutMs: 10_000,
    })
    onTestFinished(() => manager.stop(50))
    manager.start()
    return { manager, recorder, rate }
  }
  return { clock, namespace, start }
}

test('a worker that is alone takes every partition at its first look', async () => {
  const { clock, start } = setup()
  const { manager, rate } = start('a')
  await clock.advance(100)
  expect(manager.leased).toHaveLength(PARTITIONS)
  expect(rate.perSecond).toBeCloseTo(90)
})

test('workers that join share evenly, and no partition is without an owner for long', async () => {
  const { clock, namespace, start } = setup()
  start('a')
  await clock.advance(2_000)
  start('b')
  start('c')
  await clock.advance(12_000)
  expect(['a', 'b', 'c'].map((id) => namespace.owned(id))).toEqual([6, 5, 5])
})

test('partitions are handed over one by one', async () => {
  const { clock, namespace, start } = setup()
  const { recorder } = start('a')
  await clock.advance(1_000)
  start('b')
  await clock.advance(1_200)
  expect(recorder.ended.length).toBeLessThanOrEqual(3)
  expect(recorder.ended.every(({ cause }) => cause === 'handed over')).toBe(true)
  expect(namespace.owned('a') + namespace.owned('b')).toBe(PARTITIONS)
})

test('the partitions of a worker that falls silent are taken over after its leases', async () => {
  const { clock, namespace, start } = setup()
  start('a')
  const { manager: second } = start('b')
  await clock.advance(12_000)
  namespace.silent.add('a')
  await clock.advance(22_000)
  expect(second.leased).toHaveLength(PARTITIONS)
})

test('a lease that cannot be renewed ends for its holder before it ends in Redis', async () => {
  const { clock, namespace, start } = setup()
  const { manager, recorder } = start('a')
  await clock.advance(100)
  namespace.silent.add('a')
  await clock.advance(9_000)
  expect(manager.leased).toEqual([])
  expect(namespace.owned('a')).toBe(PARTITIONS)
  await clock.advance(1_000)
  expect(recorder.ended).toHaveLength(PARTITIONS)
})

test('when Redis answers again what was lost is taken again', async () => {
  const { clock, namespace, start } = setup()
  const { manager } = start('a')
  await clock.advance(100)
  namespace.silent.add('a')
  await clock.advance(30_000)
  namespace.silent.delete('a')
  await clock.advance(1_000)
  expect(manager.leased).toHaveLength(PARTITIONS)
})

test('a lease that another worker holds is given up at the next renewal', async () => {
  const { clock, namespace, start } = setup()
  const { manager, recorder } = start('a')
  await clock.advance(100)
  namespace.leases.set(3, { token: 'other#1', until: clock.monotonic() + 60_000 })
  await clock.advance(4_000)
  expect(manager.leased).not.toContain(3)
  expect(recorder.ended).toEqual([{ partition: 3, cause: 'another worker has it' }])
})

test('a stop releases every lease', async () => {
  const { clock, namespace, start } = setup()
  const { manager } = start('a')
  await clock.advance(100)
  await manager.stop(1_000)
  expect(namespace.owned('a')).toBe(0)
})

test('a stop ends within its grace when Redis does not answer', async () => {
  const { clock, namespace, start } = setup()
  const { manager } = start('a')
  await clock.advance(100)
  namespace.silent.add('a')
  await manager.stop(50)
  expect(manager.leased).toEqual([])
})
