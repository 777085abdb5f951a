// The bound of the live view: a busy worker tells so many lines a second, and how many it left out.
import type { RelayEvent } from '@retention-relay/events'
import type { TailMessage } from '@retention-relay/queue'
import { expect, test } from 'vitest'

import { TAIL_LINES_PER_SECOND, TailObserver } from '../src/tail-observer.ts'

const events = (count: number): { event: RelayEvent }[] =>
  Array.from({ length: count }, (_, n) => ({
    event: { op: 'delete', id: `id-${n}`, customerId: 'cus_1', occurredAt: 1 },
  }))

const setup = () => {
  const clock = { now: 5000 }
  const told: TailMessage[] = []
  let masked = 0
  const observer = new TailObserver({
    workerId: 'worker',
    mask: () => {
      masked += 1
      return {}
    },
    publish: (message) => told.push(message),
    now: () => clock.now,
  })
  return { clock, told, observer, masked: () => masked }
}

test('nothing is made or told while nobody looks', () => {
  const { told, observer, masked } = setup()
  observer.decoded(events(3), undefined, 1)
  observer.asked(true)
  observer.asked(false)
  observer.decoded(events(3), undefined, 1)
  expect([told.length, masked()]).toEqual([0, 0])
})

test('what was put back and is claimed again is not accepted again', () => {
  const { told, observer } = setup()
  observer.asked(true)
  observer.decoded(events(3), undefined, 2)
  expect(told).toEqual([])
})

test('what is over the bound of a second is left out unmade, and counted in the next', () => {
  const { clock, told, observer, masked } = setup()
  observer.asked(true)
  observer.decoded(events(TAIL_LINES_PER_SECOND - 1), undefined, 1)
  observer.decoded(events(4), undefined, 1)
  observer.decoded(events(5), undefined, 1)
  expect(told.map(({ lines, skipped }) => [lines.length, skipped])).toEqual([
    [TAIL_LINES_PER_SECOND - 1, 0],
    [1, 3],
  ])
  expect(masked()).toBe(TAIL_LINES_PER_SECOND)
  clock.now += 1000
  observer.decoded(events(2), undefined, 1)
  expect(told.at(-1)).toMatchObject({ lines: [{ what: 'accepted' }, {}], skipped: 5 })
})

test('a customer whose id is an address or a number is not shown, and is told from another one', () => {
  const { told, observer } = setup()
  observer.asked(true)
  const ids = ['cus_1', 'anna@example.com', '+49 30 123456', 'anna@example.com']
  const [event] = events(1)
  for (const customerId of ids) {
    observer.decoded([{ event: { ...event!.event, customerId } }], undefined, 1)
  }
  const [plain, mail, phone, again] = told.map(({ lines }) => lines[0]!.customerId)
  expect([plain, mail]).toEqual(['cus_1', again])
  expect(mail).not.toBe(phone)
  expect(JSON.stringify(told)).not.toMatch(/anna|123456/)
})
