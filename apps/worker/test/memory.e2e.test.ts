// Setup: a worker with the options of Node that the image gives it, and a destination that takes its time.
// Timeline: 30,000 events of 8 kB wait in four partitions when it starts, 240 megabytes, which is several times that
//   much as objects; it drains a tenth of them, and has claimed by then what it may.
// Proves: whatever waits in Redis, a worker takes no more memory than a container of 250 MB gives it.

import { startMock } from '@retention-relay/mock-customerio'
import { peakRssMb, startTestRedis } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { readDocument } from './documents.ts'
import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const PARTITIONS = [0, 1, 2, 3]
const EVENTS = 30_000
const PER_JOB = 8
const JOBS = EVENTS / PARTITIONS.length / PER_JOB
/** Of each partition: so few that a worker looks far ahead for others. */
const CUSTOMERS = 10
/** Eight fields of nearly the largest size. */
const LARGE = Object.fromEntries(
  ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => [name, name.repeat(990)]),
)
const MOST_MB = 250

/** Options of Node in the image's command. */
function imageOptions(): string {
  const [, command = '[]'] = /^CMD (\[.*\])$/m.exec(readDocument('infra/worker/Dockerfile')) ?? []
  return (JSON.parse(command) as string[]).filter((word) => word.startsWith('--')).join(' ')
}

test('a worker stays under 250 MB while a backlog of larger events waits and drains', async () => {
  // What is written to a disk is nothing to this test.
  const redis = await startTestRedis({ args: ['--appendonly', 'no'], onEnd: onTestFinished })
  const mock = await startMock({ latencyMs: 100 })
  onTestFinished(() => mock.close())
  for (const number of PARTITIONS) {
    const partition = new PartitionOutside(redis, 'memory', number)
    const job = (_: unknown, at: number): Promise<string> => {
      const events = Array.from({ length: PER_JOB }, (_event, index) =>
        track(`cus_${number}_${(at + index) % CUSTOMERS}`, LARGE),
      )
      return partition.add(events)
    }
    await Promise.all(Array.from({ length: JOBS }, job))
  }
  expect(imageOptions()).toContain('--max-old-space-size=')
  const worker = new ObservedWorker({
    ...settingsOf('memory', mock),
    RELAY_PARTITIONS: String(PARTITIONS.length),
    REDIS_URL: redis.url,
    NODE_OPTIONS: imageOptions(),
  })
  await mock.waitFor(({ applied }) => applied >= EVENTS / 10, { timeoutMs: 60_000 })
  expect(peakRssMb(worker.process.pid)).toBeLessThan(MOST_MB)
})
