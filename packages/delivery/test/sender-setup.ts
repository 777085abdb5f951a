// A batch sender with everything around it in the test's hand: what it settles, puts aside and fails is kept.
import type { RelayEvent } from '@retention-relay/events'
import { encodeOperation, identifyFirst, retentionPlan, timeRules } from '@retention-relay/events'

import type { Batch } from '../src/batch.ts'
import { EndpointGate } from '../src/endpoint-gate.ts'
import { Lease, momentOf } from '../src/lease.ts'
import { NamespacePause } from '../src/namespace-pause.ts'
import type { PendingEvent } from '../src/pending-event.ts'
import { RateShare } from '../src/rate-share.ts'
import type { SenderParts } from '../src/send-batch.ts'
import { BatchSender } from '../src/send-batch.ts'
import { SendHistories } from '../src/send-histories.ts'
import type { Outcome } from '../src/settlements.ts'
import { NAMESPACE, pendAll } from './events.ts'
import { FakeClock } from './fake-clock.ts'
import { Recorder } from './recorder.ts'
import { ScriptedDestination } from './scripted-destination.ts'

/** What the session around the sender was told. */
export class FakeSession {
  readonly outcomes: Outcome[] = []
  readonly aside: { readonly pending: PendingEvent; readonly delayMs: number }[] = []
  readonly failures: unknown[] = []
  /** Members that the dedupe store has. */
  readonly members = new Set<string>()
  readonly ended = new AbortController()
  readonly cut = new AbortController()
  /** Whether the partition has other events. */
  hasOthers = false
  /** What `acknowledged` waits for. */
  acknowledgement: Promise<void> = Promise.resolve()

  settle(outcomes: readonly Outcome[]): void {
    this.outcomes.push(...outcomes)
    for (const { member, outcome } of outcomes) {
      if (outcome === 'delivered') this.members.add(member)
    }
  }

  /** Outcome of each settled event by its id, in order. */
  get settled(): [string | undefined, string][] {
    return this.outcomes.map(({ pending, outcome }) => [pending?.event.id, outcome])
  }
}

/** The batch of these events. */
export function batchOf(...events: RelayEvent[]): Batch {
  return pendAll(...events).map((pending) => ({
    pending,
    operation: encodeOperation(pending.event),
  }))
}

/** A sender on a session of its own. */
export function setupSender(changes: Partial<SenderParts> = {}, clock = new FakeClock()) {
  const destination = new ScriptedDestination()
  const recorder = new Recorder()
  const session = new FakeSession()
  const lease = new Lease(3, 'w#1', momentOf(clock), clock, { ttlMs: 1e9, marginMs: 0 })
  const rate = new RateShare(1_000_000, clock)
  rate.setShare(1)
  const common = { clock, random: () => 1, observer: recorder }
  const gate = new EndpointGate({
    ...common,
    destination,
    stop: session.ended.signal,
    pause: new NamespacePause(recorder),
    closed: () => rate.startSlowly(),
  })
  const sender = new BatchSender({
    ...common,
    lease,
    queue: {
      delivered: async (all) => all.map((member) => session.members.has(member)),
      tombstones: async () => new Map(),
      unidentified: async () => new Set(),
    },
    time: timeRules(retentionPlan, NAMESPACE),
    identifyFirst: identifyFirst(retentionPlan),
    destination,
    gate,
    rate,
    settler: { partition: 3, worker: 'w', now: () => clock.wall() },
    settle: (outcomes) => session.settle(outcomes),
    acknowledged: () => session.acknowledgement,
    histories: new SendHistories(),
    hasOthers: () => session.hasOthers,
    setAside: (pending, delayMs) => session.aside.push({ pending, delayMs }),
    fail: (cause) => session.failures.push(cause),
    ended: session.ended.signal,
    cut: session.cut.signal,
    ...changes,
  })
  const send = (batch: Batch): Promise<void> => clock.until(sender.send(batch))
  return { clock, destination, recorder, session, lease, rate, gate, sender, send }
}
