// The account of held jobs and of settles without an acknowledgement.
import { expect, test } from 'vitest'

import { deliveredOutcome } from '../src/outcomes.ts'
import { Settlements } from '../src/settlements.ts'
import { claimedJob, pendAll, track } from './events.ts'
import { FakeClock } from './fake-clock.ts'
import { FakePartition } from './fake-partition.ts'

function setup(): { partition: FakePartition; settlements: Settlements } {
  const partition = new FakePartition(new FakeClock())
  partition.token = 'w#1'
  return { partition, settlements: new Settlements(partition) }
}

test('the number of held jobs falls when the last position is written, not when it is acknowledged', () => {
  const { settlements } = setup()
  const [one, two] = pendAll(track('a'), track('b'))
  settlements.hold(one!.job)
  const finished: string[] = []
  const write = (pending: typeof one): void => {
    void settlements.write('w#1', [deliveredOutcome(pending!, 'delivered')], ({ id }) =>
      finished.push(id),
    )
  }
  write(one)
  expect([settlements.held, finished]).toEqual([1, []])
  write(two)
  expect([settlements.held, finished]).toEqual([0, [one!.job.id]])
})

test('settles without an acknowledgement are repeated in their order until each has one', async () => {
  const { partition, settlements } = setup()
  const events = [track('a'), track('b')]
  partition.active.push(claimedJob(events))
  partition.isDown = true
  const pendings = pendAll(...events)
  for (const pending of pendings) {
    const settle = settlements.write(
      'w#1',
      [deliveredOutcome(pending, 'delivered')],
      () => undefined,
    )
    await expect(settle).rejects.toThrow('ECONNRESET')
  }
  expect(settlements.unacknowledged).toBe(2)
  await expect(settlements.repeat()).rejects.toThrow('ECONNRESET')
  partition.comeBack()
  await settlements.repeat()
  expect(settlements.unacknowledged).toBe(0)
  expect(partition.members.size).toBe(2)
})

test('forgotten jobs give their bytes back', () => {
  const { settlements } = setup()
  const [one] = pendAll(track('a'))
  settlements.hold(one!.job)
  expect(settlements.forgetJobs()).toBe(one!.job.bytes)
  expect(settlements.held).toBe(0)
})
