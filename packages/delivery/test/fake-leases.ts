// Leases and the registry of several workers, in memory on one clock, by the rules of the scripts in packages/queue.
import type { Clock, LeasePort, RegistryPort } from '../src/ports.ts'

/** Of leases and of registry entries, in milliseconds. */
export const TTL_MS = 10_000

interface Entry {
  token: string
  until: number
}

/** One Redis. */
export class FakeLeases {
  readonly #clock: Clock
  readonly leases = new Map<number, Entry>()
  readonly #workers = new Map<string, number>()
  /** Why the namespace is paused. */
  pause: string | null = null
  /** Releases in order, as `worker:partition`. */
  readonly released: string[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Token that holds the partition; empty when nobody does. */
  ownerOf(partition: number): string {
    const entry = this.leases.get(partition)
    return entry !== undefined && entry.until > this.#clock.monotonic() ? entry.token : ''
  }

  /** Number of partitions by worker. */
  shares(partitions: number): Record<string, number> {
    const shares: Record<string, number> = {}
    for (let partition = 0; partition < partitions; partition += 1) {
      const worker = this.ownerOf(partition).split('#')[0]!
      shares[worker] = (shares[worker] ?? 0) + 1
    }
    return shares
  }

  /** What a requeue does to the lease. */
  changeToken(partition: number, token: string): void {
    this.leases.set(partition, { token, until: this.#clock.monotonic() + TTL_MS })
  }

  leasesOf(workerId: string): LeasePort {
    return {
      acquire: async (partition, token) => {
        const owner = this.ownerOf(partition)
        const held = owner === '' || owner.startsWith(`${workerId}#`)
        if (held) this.changeToken(partition, token)
        return { held }
      },
      renew: async (partition, tokens) => {
        const owner = this.ownerOf(partition)
        const held = tokens.includes(owner)
        if (held) this.changeToken(partition, owner)
        return { held, owner }
      },
      release: async (partition, tokens) => {
        if (!tokens.includes(this.ownerOf(partition))) return
        this.leases.delete(partition)
        this.released.push(`${workerId}:${partition}`)
      },
    }
  }

  registryOf(workerId: string): RegistryPort {
    return {
      register: async () => {
        this.#workers.set(workerId, this.#clock.monotonic() + TTL_MS)
        return { live: this.live, pause: this.pause }
      },
      pause: async (detail) => {
        this.pause ??= detail
      },
      leave: async () => this.#workers.delete(workerId),
    }
  }

  /** Ids of live workers, in the order of their last sign of life. */
  get live(): string[] {
    const now = this.#clock.monotonic()
    return [...this.#workers].filter(([, until]) => until > now).map(([id]) => id)
  }
}
