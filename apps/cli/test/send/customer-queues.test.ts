// The order of each customer, whatever is handed out, put back and done in between.

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { CustomerQueues } from '../../src/send/customer-queues.ts'

interface Item {
  readonly customer: string
  readonly number: number
}

function queuesOf(...items: Item[]): CustomerQueues<Item> {
  const queues = new CustomerQueues<Item>()
  for (const item of items) queues.add(item)
  return queues
}

test('a customer’s next item is handed out after the one before it is done', () => {
  const first = { customer: 'a', number: 1 }
  const other = { customer: 'b', number: 2 }
  const second = { customer: 'a', number: 3 }
  const queues = queuesOf(first, other, second)
  expect(queues.take(10)).toEqual([first, other])
  expect(queues.take(10)).toEqual([])
  queues.done(first)
  expect(queues.take(10)).toEqual([second])
})

test('an item that is put back comes before all others, and still holds its customer back', () => {
  const first = { customer: 'a', number: 1 }
  const other = { customer: 'b', number: 2 }
  const queues = queuesOf(first, { customer: 'a', number: 3 })
  const taken = queues.take(1)
  queues.add(other)
  queues.putBack(taken)
  expect(queues.take(10)).toEqual([first, other])
})

test('drain gives what was not handed out, and leaves nothing', () => {
  const queues = queuesOf({ customer: 'a', number: 1 }, { customer: 'a', number: 2 })
  const taken = queues.take(1)
  queues.add({ customer: 'b', number: 3 })
  expect(new Set(queues.drain().map(({ number }) => number))).toEqual(new Set([2, 3]))
  expect(queues.size).toBe(1)
  for (const item of taken) queues.done(item)
  expect(queues.size).toBe(0)
  expect(queues.take(10)).toEqual([])
})

test('through any run of takes, refusals and ends each customer’s items end in their order', () => {
  const customers = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 40 })
  fc.assert(
    fc.property(customers, fc.infiniteStream(fc.nat(9)), (names, dice) => {
      const queues = queuesOf(...names.map((customer, number) => ({ customer, number })))
      const ended: Item[] = []
      const roll = (): number => dice.next().value as number
      let open: Item[] = []
      while (queues.size > 0) {
        open.push(...queues.take(roll() % 4))
        const [refused, done] = [open.filter((_, at) => at % 3 === 0 && roll() < 3), [...open]]
        for (const item of done) {
          if (refused.includes(item)) continue
          ended.push(item)
          queues.done(item)
        }
        queues.putBack(refused)
        open = []
      }
      for (const name of ['a', 'b', 'c']) {
        const numbers = ended
          .filter(({ customer }) => customer === name)
          .map(({ number }) => number)
        expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
      }
      expect(ended).toHaveLength(names.length)
    }),
  )
})
