import { expect, test } from 'vitest'
import { event, identify, setup, ulid } from './setup.ts'

function person(action: string, id: string, more: object = {}): object {
  return { type: 'person', action, identifiers: { id }, ...more }
}

test('an event id that was applied is a duplicate for every customer and by every call', async () => {
  const { mock, call, batch } = await setup()
  await batch([event('a', 'bought', { id: ulid(1) })])
  expect((await batch([event('b', 'bought', { id: ulid(1) })])).text).toBe('{}\n')
  expect(
    (await call('POST', '/api/v1/customers/c/events', { name: 'x', id: ulid(1) })).status,
  ).toBe(200)
  expect(mock.summary()).toMatchObject({ received: 3, applied: 1, duplicates: 2 })
  expect(mock.received().map(({ duplicate }) => duplicate)).toEqual([false, true, true])
})

test('an id that is no upper-case ULID is not deduplicated', async () => {
  const { mock, batch } = await setup()
  for (const id of ['order-1', ulid(1).toLowerCase(), `8${ulid(1).slice(1)}`]) {
    await batch([event('a', 'bought', { id }), event('a', 'bought', { id })])
  }
  expect(mock.summary()).toMatchObject({ applied: 6, duplicates: 0 })
})

test('an event id that was refused or ignored is not a duplicate later', async () => {
  const { mock, batch } = await setup()
  await batch([event('a', ' ', { id: ulid(1) }), person('suppress', 'b')])
  await batch([event('b', 'x', { id: ulid(2) })])
  await batch([event('a', 'x', { id: ulid(1) }), event('a', 'x', { id: ulid(2) })])
  expect(mock.summary()).toMatchObject({ applied: 3, suppressed: 1, duplicates: 0 })
})

test('at least the last ids of the window are remembered, and not all for ever', async () => {
  const { mock, batch } = await setup({ dedupeWindowIds: 10 })
  await batch(Array.from({ length: 25 }, (_item, index) => event('a', 'x', { id: ulid(index) })))
  await batch(
    Array.from({ length: 10 }, (_item, index) => event('a', 'x', { id: ulid(15 + index) })),
  )
  expect(mock.summary().duplicates).toBe(10)
  await batch([event('a', 'x', { id: ulid(0) })])
  expect(mock.summary().duplicates).toBe(10)
})

test('a suppressed person is ignored with 200 until unsuppressed', async () => {
  const { mock, batch } = await setup()
  await batch([identify('a', { email: 'a@example.com' }), person('suppress', 'a')])
  const ignored = [identify('a'), event('a', 'x'), person('delete', 'a')]
  const byEmail = { ...identify('a'), identifiers: { email: 'A@example.com' } }
  const answer = await batch([...ignored, byEmail])
  expect([answer.status, answer.text]).toEqual([200, '{}\n'])
  expect(mock.summary()).toMatchObject({ applied: 2, suppressed: 4 })
  expect(mock.person('a')).toBeNull()
  await batch([person('unsuppress', 'a'), identify('a', { plan: 'back' })])
  expect(mock.person('a')?.attributes).toEqual({ plan: 'back' })
})

test('after a delete the next call makes a new person', async () => {
  const { mock, batch } = await setup()
  await batch([identify('a', { plan: 'old' }), person('delete', 'a')])
  expect(mock.person('a')).toBeNull()
  await batch([identify('a', { tier: 1 })])
  expect(mock.person('a')?.attributes).toEqual({ tier: 1 })
})

test('timestamps order an identify attribute by attribute, whatever the order of arrival', async () => {
  const { mock, batch } = await setup()
  await batch([{ ...identify('a', { plan: 'new', tier: 2 }), timestamp: 200 }])
  await batch([{ ...identify('a', { plan: 'old', city: 'Bonn' }), timestamp: 100 }])
  expect(mock.person('a')?.attributes).toEqual({ plan: 'new', tier: 2, city: 'Bonn' })
  await batch([{ ...identify('a', { plan: 'same second' }), timestamp: 200 }])
  expect(mock.person('a')?.attributes.plan).toBe('same second')
})

test('an identify without a timestamp counts as of now', async () => {
  const { mock, batch } = await setup()
  await batch([{ ...identify('a', { plan: 'old' }), timestamp: 100 }])
  await batch([identify('a', { plan: 'now' })])
  await batch([{ ...identify('a', { plan: 'older' }), timestamp: 200 }])
  expect(mock.person('a')?.attributes).toEqual({ plan: 'now' })
})

test('dotted names stay as they are and internal names are not attributes', async () => {
  const { mock, batch } = await setup()
  await batch([identify('a', { 'prefs.topics.topic_3': true, _update: true, ['__proto__x']: 1 })])
  expect(mock.person('a')?.attributes).toEqual({ 'prefs.topics.topic_3': true })
})

test('an e-mail that is another person’s is dropped without a word', async () => {
  const { mock, batch } = await setup()
  await batch([identify('a', { email: 'x@example.com' })])
  const answer = await batch([identify('b', { email: 'X@example.com', plan: 'p' })])
  expect(answer.status).toBe(200)
  expect(mock.person('b')?.attributes).toEqual({ plan: 'p' })
})

test('a person is found by e-mail once an identify has set it', async () => {
  const { mock, batch } = await setup()
  await batch([identify('a', { email: 'x@example.com' })])
  await batch([{ ...identify('', { plan: 'p' }), identifiers: { email: 'x@example.com' } }])
  expect(mock.person('a')?.attributes).toEqual({ email: 'x@example.com', plan: 'p' })
})

test('a merge keeps what the primary has, fills what it lacks, and removes the secondary', async () => {
  const { mock, batch } = await setup()
  const device = { token: 't', platform: 'ios' }
  await batch([identify('a', { plan: 'a' }), identify('b', { plan: 'b', city: 'Bonn' })])
  await batch([person('add_device', 'b', { device })])
  await batch([{ type: 'person', action: 'merge', primary: { id: 'a' }, secondary: { id: 'b' } }])
  expect(mock.person('a')).toEqual({ attributes: { plan: 'a', city: 'Bonn' }, devices: [device] })
  expect(mock.person('b')).toBeNull()
  expect(mock.received('b').at(-1)).toMatchObject({ action: 'merge', name: 'a' })
})

test('devices are added, replaced and deleted by their token', async () => {
  const { mock, batch } = await setup()
  const add = (token: string, platform: string): object => {
    return person('add_device', 'a', { device: { token, platform } })
  }
  await batch([add('t1', 'ios'), add('t2', 'ios'), add('t1', 'android')])
  await batch([person('delete_device', 'a', { device: { token: 't2' } })])
  expect(mock.person('a')?.devices).toEqual([{ token: 't1', platform: 'android' }])
})

test('an event of an unknown person makes one, or is dropped where that is asked for', async () => {
  const creating = await setup()
  await creating.batch([event('a', 'x')])
  expect(creating.mock.person('a')).toEqual({ attributes: {}, devices: [] })
  const dropping = await setup({ unknownPerson: 'drop' })
  const answer = await dropping.batch([event('a', 'x', { id: ulid(1) })])
  expect(answer.status).toBe(200)
  await dropping.batch([identify('a'), event('a', 'x', { id: ulid(1) })])
  expect(dropping.mock.summary()).toMatchObject({ dropped: 1, applied: 2, duplicates: 0 })
})
