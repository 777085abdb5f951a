// How fast the mock takes operations: one iteration is 100 batches of 500, mock and sender in one
// process. Operations a second = 50,000 × the reported hz.
// Run with `npx vitest bench --run --project unit packages/mock-customerio`.
import { bench, describe } from 'vitest'
import { startMock } from '../src/index.ts'
import { encodeStorm, sendStorm } from './storm.ts'

const BATCHES = 100
/** More than the rounds below: what has been sent once would be found duplicate. */
const STORMS = 16

describe('50,000 operations in v2 batches of 500', async () => {
  const mock = await startMock()
  const storms = Array.from({ length: STORMS }, (_storm, number) =>
    encodeStorm(BATCHES, number * BATCHES),
  )

  const sendNext = async (): Promise<void> => {
    const storm = storms.pop()
    if (storm === undefined) throw new Error('more rounds than storms')
    await sendStorm(mock, storm, 16)
  }
  bench('16 connections', sendNext, { iterations: 10, time: 0, warmupIterations: 2, warmupTime: 0 })
})
