import { expect, test } from 'vitest'
import { encodeStorm, OPERATIONS_PER_BATCH, sendStorm } from './storm.ts'
import { setup } from './setup.ts'

test('a storm over many connections is counted to the last operation', async () => {
  const { mock } = await setup()
  const bodies = encodeStorm(40)
  await sendStorm(mock, bodies, 8)
  const operations = 40 * OPERATIONS_PER_BATCH
  expect(mock.summary()).toMatchObject({
    requestsByEnding: { 200: 40 },
    received: operations,
    applied: operations,
    doubled: 0,
    repeatedInBatch: 0,
    inFlight: 0,
  })
  const sequences = new Set(mock.received('cus_7').map(({ id }) => id))
  expect(sequences.size).toBe(40)
})

test('the same storm again is duplicate but for its identifies, which count as doubled', async () => {
  const { mock } = await setup()
  const bodies = encodeStorm(4)
  await sendStorm(mock, bodies, 1)
  expect(mock.summary()).toMatchObject({ inversions: 0, overlaps: 0 })
  await sendStorm(mock, bodies, 1)
  expect(mock.summary()).toMatchObject({ duplicates: 1_800, doubled: 200, doubledIdentifies: 200 })
})
