// The mock without its HTTP side: state, settings, faults and those who wait for counts, behind the
// methods of `Mock`. A reset replaces the state as a whole.
import type { Clock } from './clock.ts'
import { ActiveFaults } from './faults/active-faults.ts'
import type { Fault } from './faults/fault.ts'
import { readFault } from './faults/read-fault.ts'
import type { TrackContext } from './http/handle-track.ts'
import { readReceived, type ReceivedOperation, type ReceivedQuery } from './ledger/received.ts'
import { SummaryWaiters } from './ledger/summary-waiters.ts'
import type { MockSummary } from './ledger/summary.ts'
import type { Mock, PersonView } from './mock.ts'
import type { FixedOptions, MockSettings } from './settings.ts'
import { newState, type MockState } from './state.ts'
import type { Identifier } from './track/operation.ts'

export type ControlMethods = Omit<Mock, 'url' | 'port' | 'close'>

export class Controls {
  readonly clock: Clock
  readonly faults: ActiveFaults
  readonly settings: MockSettings
  readonly waiters: SummaryWaiters
  readonly #options: FixedOptions
  #state: MockState

  constructor(clock: Clock, settings: MockSettings, options: FixedOptions) {
    this.clock = clock
    this.settings = settings
    this.#options = options
    this.#state = newState(options)
    this.faults = new ActiveFaults(clock)
    this.waiters = new SummaryWaiters(
      clock,
      () => this.summary(),
      () => this.#state.requests.isDecided,
    )
  }

  /** What the HTTP side needs of it. */
  context(): TrackContext {
    const { clock, faults, settings } = this
    return {
      clock,
      faults,
      settings,
      state: () => this.#state,
      changed: () => this.waiters.changed(),
    }
  }

  methods(): ControlMethods {
    return {
      settings: this.settings,
      configure: (changes) => void Object.assign(this.settings, changes),
      fault: (fault) => this.#fault(fault),
      faults: () => this.faults.list(),
      clearFaults: (id) => this.faults.clear(id),
      received: (query) => this.#received(query),
      recent: (limit, customerId) => this.#state.ledger.recent.newest(limit, customerId),
      person: (customerId) => this.#person(customerId),
      summary: () => this.summary(),
      waitFor: (predicate, options) => this.waiters.wait(predicate, options?.timeoutMs ?? 30_000),
      reset: () => this.#reset(),
    }
  }

  /** Writes what a file is still to get. */
  flush(): void {
    this.#state.receipts?.flush()
  }

  summary(): MockSummary {
    const { ledger, requests } = this.#state
    return {
      ...requests.counts(),
      ...ledger.counts,
      customers: ledger.customers.size,
      forgotten: ledger.records.forgotten,
      faulted: this.faults.hits,
    }
  }

  #fault(fault: Fault): () => void {
    const read = readFault(fault)
    if (read.kind === 'invalid') throw new TypeError(read.problems.join('; '))
    const { id } = this.faults.add(read.fault)
    return () => void this.faults.clear(id)
  }

  #received(query: string | ReceivedQuery = {}): ReceivedOperation[] {
    const asked = typeof query === 'string' ? { customerId: query } : query
    return readReceived(this.#state.ledger, asked)
  }

  #person(customerId: string): PersonView | null {
    const kinds: Identifier['kind'][] = ['id', 'email', 'phone']
    for (const kind of kinds) {
      const person = this.#state.workspace.find({ kind, value: customerId })
      if (person === undefined) continue
      return { attributes: Object.fromEntries(person.attributes), devices: person.devices }
    }
    return null
  }

  #reset(): void {
    this.#state.receipts?.abandon()
    this.#state = newState(this.#options)
    this.faults.reset()
    this.waiters.changed()
  }
}
