import { expect, test } from 'vitest'
import type { Fault } from '../src/index.ts'
import { event, seededRandom, setup, ulid, type Bundle } from './setup.ts'

/*
 * Setup: faults of every kind that ends a request, drawn at random, several in force at once, each taking
 * every n-th batch; a plain sender that repeats a batch until it is answered with 2xx and JSON.
 * Timeline: 30 batches of up to 8 events of 5 customers, one batch at a time.
 * What this proves: whatever the faults do, the mock applies the set that was sent, each event once and in
 * order, and its counts agree with what the sender saw. A fault that applied half a batch, forgot the
 * ids it had applied, or applied what it refused would break one of these.
 */
const FAULTS: Fault[] = [
  { kind: 'reset-before' },
  { kind: 'reset-after' },
  { kind: 'cut' },
  { kind: 'answer', status: 502 },
  { kind: 'answer', status: 503, apply: true },
  { kind: 'answer', status: 429, retryAfter: 'soon' },
  { kind: 'answer', status: 401 },
  { kind: 'redirect', to: 'http://127.0.0.1:9' },
  { kind: 'html', apply: true },
  { kind: 'half-json', apply: true },
]

test.each([1, 2, 3, 4])(
  'the applied set equals the sent set under faults, seed %i',
  async (seed) => {
    const random = seededRandom(seed)
    const pick = (below: number): number => Math.floor(random() * below)
    const bundle = await setup()
    for (let count = 0; count < 4; count += 1) {
      bundle.mock.fault({ ...(FAULTS[pick(FAULTS.length)] ?? { kind: 'cut' }), every: 2 + pick(4) })
    }
    const sent = Array.from({ length: 30 }, () => 1 + pick(8)).flatMap(batchOf(pick))
    let attempts = 0
    for (const batch of sent) attempts += await sendUntilAccepted(bundle, batch)
    const { mock } = bundle
    const ids = sent.flat().map(({ id }) => id)
    const received = mock.received()
    expect(received.filter(({ duplicate }) => !duplicate).map(({ id }) => id)).toEqual(ids)
    const summary = mock.summary()
    expect(summary).toMatchObject({ requests: attempts, inversions: 0, doubled: 0, overlaps: 0 })
    expect(summary.applied).toBe(ids.length)
    expect(attempts).toBe(30 + summary.faulted)
  },
)

type Numbered = { id: string } & object

/** Batches of events whose ids and sequences go up. */
function batchOf(pick: (below: number) => number): (size: number) => Numbered[][] {
  let number = 0
  return (size) => [
    Array.from({ length: size }, () => {
      number += 1
      const attributes = { relay_seq: number }
      return { ...event(`c${pick(5)}`, 'x', { attributes }), id: ulid(number) }
    }),
  ]
}

/** Returns how many attempts it took. */
async function sendUntilAccepted({ batch }: Bundle, items: Numbered[]): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const isAccepted = await batch(items).then(
      ({ status, text }) => status === 200 && text === '{}\n',
      () => false,
    )
    if (isAccepted) return attempt
  }
}
