import { expect, test } from 'vitest'
import { event, identify, setup, ulid } from './setup.ts'

test('a batch that is fine is answered with the recorded bytes of Customer.io', async () => {
  const { batch } = await setup()
  const answer = await batch([identify('cus_1'), event('cus_1', 'order_placed')])
  expect(answer.status).toBe(200)
  expect(answer.text).toBe('{}\n')
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
})

test('what a batch applied is told per customer, in order, with what identifies it', async () => {
  const { mock, batch } = await setup()
  await batch([
    identify('a'),
    event('b', 'viewed'),
    event('a', 'bought', { id: ulid(1), timestamp: 5 }),
  ])
  const [first, second] = mock.received('a')
  expect(first).toMatchObject({ action: 'identify', batchIndex: 0, requestNumber: 1, id: null })
  expect(second).toEqual({
    customerId: 'a',
    action: 'event',
    name: 'bought',
    id: ulid(1),
    timestamp: 5,
    receivedAt: first?.receivedAt,
    requestNumber: 1,
    batchIndex: 2,
    duplicate: false,
  })
  expect(mock.received().map(({ customerId }) => customerId)).toEqual(['a', 'b', 'a'])
})

test('an invalid item is named by its index and all others are applied', async () => {
  const { mock, batch } = await setup()
  const answer = await batch([event('a', 'one'), event('a', ' '), event('a', 'three')])
  expect(answer.status).toBe(207)
  expect(JSON.parse(answer.text)).toEqual({
    errors: [
      { batch_index: 1, reason: 'invalid', field: 'name', message: 'event name must not be blank' },
    ],
  })
  expect(mock.received('a').map(({ name }) => name)).toEqual(['one', 'three'])
  expect(mock.summary()).toMatchObject({ received: 3, applied: 2, rejected: 1 })
})

test.each([
  ['no JSON', '{"batch":['],
  ['no body', undefined],
  ['no list', { batch: {} }],
  ['an empty list', { batch: [] }],
  ['bytes that are not UTF-8', Buffer.from('{"batch":["\xe9"]}', 'latin1')],
])('a batch that is malformed as a whole is refused without an index: %s', async (_name, body) => {
  const { mock, call } = await setup()
  const answer = await call('POST', '/api/v2/batch', body)
  expect(answer.status).toBe(400)
  const { errors } = JSON.parse(answer.text) as { errors: object[] }
  expect(errors).toHaveLength(1)
  expect(Object.keys(errors[0] ?? {})).toEqual(['reason', 'field', 'message'])
  expect(mock.summary().received).toBe(0)
})

test('an entity is applied, or refused with 400 and errors without an index', async () => {
  const { mock, call } = await setup()
  expect((await call('POST', '/api/v2/entity', identify('a'))).status).toBe(200)
  const refused = await call('POST', '/api/v2/entity', event('a', ''))
  expect(refused.status).toBe(400)
  expect(JSON.parse(refused.text)).toEqual({
    errors: [{ reason: 'invalid', field: 'name', message: 'event name must not be blank' }],
  })
  expect(mock.received('a')).toHaveLength(1)
})

test('a request larger than its limit is read to its end, answered with 413 and not applied', async () => {
  const { mock, call, batch } = await setup()
  const padding = 'x'.repeat(31_000)
  const many = Array.from({ length: 17 }, () => event('a', 'big', { attributes: { padding } }))
  expect((await batch(many)).status).toBe(413)
  const entity = event('a', 'big', { attributes: { padding: 'x'.repeat(32_000) } })
  expect((await call('POST', '/api/v2/entity', entity)).status).toBe(413)
  expect(mock.summary()).toMatchObject({ received: 0, requestsByEnding: { 413: 2 } })
})

/** An event of so many bytes. */
function sized(bytes: number): object {
  const bare = JSON.stringify(event('a', 'big', { attributes: { padding: '' } })).length
  return event('a', 'big', { attributes: { padding: 'x'.repeat(bytes - bare) } })
}

test('an operation above 32,000 bytes inside a batch is refused alone', async () => {
  const { mock, batch } = await setup()
  const answer = await batch([sized(32_000), sized(32_001)])
  expect(answer.status).toBe(207)
  const { errors } = JSON.parse(answer.text) as { errors: object[] }
  expect(errors).toMatchObject([
    { batch_index: 1, message: 'operation cannot be longer than 32000 bytes' },
  ])
  expect(mock.summary().applied).toBe(1)
})
