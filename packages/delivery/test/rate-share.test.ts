// The share of the workspace's rate: a token bucket on a clock in the test's hand.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { RateShare } from '../src/rate-share.ts'
import { targetShare } from '../src/sharing.ts'
import { FakeClock, idle } from './fake-clock.ts'

const setup = (limit = 100, share = 1) => {
  const clock = new FakeClock()
  const rate = new RateShare(limit, clock)
  rate.setShare(share)
  const go = new AbortController()
  return { clock, rate, go }
}

/** How many requests may go within a time, with one always waiting. */
const countWithin = async (
  { clock, rate }: ReturnType<typeof setup>,
  ms: number,
): Promise<number> => {
  const end = new AbortController()
  let count = 0
  const loop = (async () => {
    while (await rate.take(end.signal)) count += 1
  })()
  await clock.advance(ms)
  end.abort()
  await loop
  return count
}

test('nine tenths of the limit go per second, steadily', async () => {
  const bench = setup(100)
  expect(await countWithin(bench, 10_000)).toBeGreaterThanOrEqual(890)
  expect(await countWithin(bench, 10_000)).toBeLessThanOrEqual(901)
})

test('the bucket starts empty: no burst at the start', async () => {
  const { rate, go } = setup(1000)
  let isTaken = false
  const take = rate.take(go.signal).then((taken) => {
    isTaken = taken
  })
  await idle()
  expect(isTaken).toBe(false)
  go.abort()
  await take
})

test('after a long silence at most a tenth of a second of the share goes at once', async () => {
  const bench = setup(1000)
  await bench.clock.advance(60_000)
  expect(await countWithin(bench, 0)).toBe(90)
})

test('a share of less than ten requests a second still lets one go', async () => {
  const bench = setup(1, 0.5)
  await bench.clock.advance(60_000)
  expect(await countWithin(bench, 0)).toBe(1)
})

test('the rates of all workers add up to nine tenths of the limit', () => {
  const workers = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(workers, fc.integer({ min: 1, max: 128 }), (ids, partitions) => {
      const rates = ids.map((id) => {
        const { rate } = setup(1000, targetShare(partitions, ids, id) / partitions)
        return rate.perSecond
      })
      expect(rates.reduce((sum, one) => sum + one, 0)).toBeCloseTo(900)
    }),
  )
})

test('without a share nothing goes; when the share grows what waits goes', async () => {
  const bench = setup(100, 0)
  expect(await countWithin(bench, 60_000)).toBe(0)
  const take = bench.rate.take(bench.go.signal)
  bench.rate.setShare(1)
  expect(await bench.clock.until(take, 1000)).toBe(true)
})

test('what the bucket holds is lost with the lease', async () => {
  const bench = setup(1000)
  await bench.clock.advance(60_000)
  bench.rate.setShare(0)
  expect(await countWithin(bench, 10_000)).toBe(0)
})

test('a 429 halves the rate and empties the bucket; accepted requests bring it back slowly', async () => {
  const bench = setup(1000)
  await bench.clock.advance(60_000)
  bench.rate.shrink()
  expect(bench.rate.perSecond).toBe(450)
  expect(await countWithin(bench, 0)).toBe(0)
  bench.rate.recover()
  expect(bench.rate.perSecond).toBeCloseTo(459)
  for (let time = 0; time < 100; time += 1) bench.rate.recover()
  expect(bench.rate.perSecond).toBe(900)
})

test('however many 429 there are, a fiftieth of the share stays', () => {
  const { rate } = setup(1000)
  for (let time = 0; time < 100; time += 1) rate.shrink()
  expect(rate.perSecond).toBeCloseTo(18)
})

test('requests go in the order of their calls', async () => {
  const { clock, rate, go } = setup(10)
  const order: number[] = []
  const takes = [1, 2, 3, 4].map(async (call) => {
    await rate.take(go.signal)
    order.push(call)
  })
  await clock.until(Promise.all(takes))
  expect(order).toEqual([1, 2, 3, 4])
})

test('a request that is given up does not wait for those before it, and those behind it keep their turn', async () => {
  const { clock, rate, go } = setup(1)
  const order: string[] = []
  const gone = new AbortController()
  const first = rate.take(go.signal).then(() => order.push('first'))
  const second = rate.take(gone.signal).then((taken) => order.push(`second ${taken}`))
  gone.abort()
  await idle()
  // From here on the third would look at the bucket a little before the first.
  await clock.advance(115)
  const third = rate.take(go.signal).then(() => order.push('third'))
  expect(order).toEqual(['second false'])
  await clock.until(Promise.all([first, second, third]))
  expect(order).toEqual(['second false', 'first', 'third'])
})

test('a request that did not go after all gives its place back', async () => {
  const bench = setup(10)
  await bench.clock.advance(60_000)
  expect(await bench.rate.take(bench.go.signal)).toBe(true)
  bench.rate.giveBack()
  bench.rate.giveBack()
  expect(await countWithin(bench, 0)).toBe(1)
})
