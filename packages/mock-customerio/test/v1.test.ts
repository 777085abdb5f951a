import { expect, test } from 'vitest'
import { setup, ulid } from './setup.ts'

const CUSTOMER = '/api/v1/customers/cus%2F1'

test('every v1 call takes effect on the customer that the percent-encoded path names', async () => {
  const { mock, call } = await setup()
  const device = { id: 'token-1', platform: 'ios' }
  const calls: [string, string, unknown][] = [
    ['PUT', CUSTOMER, { email: 'a@example.com', _timestamp: 100 }],
    [
      'POST',
      `${CUSTOMER}/events`,
      { name: 'bought', id: ulid(1), timestamp: 101, data: { total: 1 } },
    ],
    ['POST', `${CUSTOMER}/events`, { name: 'Home', type: 'page' }],
    ['PUT', `${CUSTOMER}/devices`, { device }],
    ['DELETE', `${CUSTOMER}/devices/token-1`, undefined],
    ['POST', `${CUSTOMER}/suppress`, {}],
    ['POST', `${CUSTOMER}/unsuppress`, {}],
    ['DELETE', CUSTOMER, undefined],
  ]
  for (const [method, path, body] of calls) {
    const answer = await call(method, path, body)
    expect([path, answer.status, answer.text]).toEqual([path, 200, '{}\n'])
  }
  expect(mock.received('cus/1').map(({ action, name }) => name ?? action)).toEqual([
    'identify',
    'bought',
    'Home',
    'add_device',
    'delete_device',
    'suppress',
    'unsuppress',
    'delete',
  ])
  expect(mock.received('cus/1')[0]?.timestamp).toBe(100)
})

test('the kind of the path identifier is guessed from its shape', async () => {
  const { mock, call } = await setup()
  await call('PUT', '/api/v1/customers/a%40example.com', { plan: 'x' })
  await call('PUT', '/api/v1/customers/cio_0123', { plan: 'x' })
  expect(mock.received().map(({ customerId }) => customerId)).toEqual(['email:a@example.com'])
  expect(mock.summary().dropped).toBe(1)
})

test('an event without a person is counted under its anonymous id', async () => {
  const { mock, call } = await setup()
  await call('POST', '/api/v1/events', { name: 'viewed', anonymous_id: 'x1' })
  expect(mock.received('anonymous_id:x1')).toHaveLength(1)
})

test('merge_customers moves what the secondary had to the primary', async () => {
  const { mock, call } = await setup()
  await call('PUT', '/api/v1/customers/guest', { plan: 'guest' })
  const merge = { primary: { id: 'account' }, secondary: { id: 'guest' } }
  expect((await call('POST', '/api/v1/merge_customers', merge)).status).toBe(200)
  expect(mock.person('account')?.attributes).toEqual({ plan: 'guest' })
  expect(mock.person('guest')).toBeNull()
})

test.each([
  ['a blank name', { name: ' ' }, 'event name must not be blank'],
  ['a missing name', {}, 'event name must not be blank'],
  ['a long name', { name: '€'.repeat(34) }, 'event name cannot be longer than 100 bytes'],
  ['data that is no object', { name: 'x', data: [] }, 'event data must be a hash'],
  [
    'long data',
    { name: 'x', data: { a: '€'.repeat(33_334) } },
    'event data cannot be longer than 100000 bytes',
  ],
])('an event with %s is refused in the shape meta.error', async (_name, body, message) => {
  const { mock, call } = await setup()
  const answer = await call('POST', `${CUSTOMER}/events`, body)
  expect(answer.status).toBe(400)
  expect(JSON.parse(answer.text)).toEqual({ meta: { error: message } })
  expect(mock.summary()).toMatchObject({ received: 1, rejected: 1, applied: 0 })
})

test('faults of attributes are refused together in the shape meta.errors', async () => {
  const { call } = await setup()
  const answer = await call('PUT', CUSTOMER, {
    bio: '€'.repeat(334),
    ['n'.repeat(151)]: 1,
    fine: 1,
  })
  expect(answer.status).toBe(400)
  expect(JSON.parse(answer.text)).toEqual({
    meta: {
      errors: [
        "value for attribute 'bio' cannot be longer than 1000 bytes",
        'attribute name cannot be longer than 150 bytes',
      ],
    },
  })
})

test('an id that is empty or too long is refused', async () => {
  const { call } = await setup()
  const empty = await call('PUT', '/api/v1/customers/', {})
  expect(JSON.parse(empty.text)).toEqual({
    meta: { errors: ['id attribute cannot be an empty string'] },
  })
  const long = await call('PUT', `/api/v1/customers/${'x'.repeat(151)}`, {})
  expect(long.status).toBe(400)
  const badPath = await call('PUT', '/api/v1/customers/%ff', {})
  expect([badPath.status, badPath.text]).toEqual([400, expect.stringContaining('percent-encoded')])
})

test('a body that is no JSON object is refused where one is needed', async () => {
  const { call } = await setup()
  expect((await call('PUT', CUSTOMER, '[1]')).status).toBe(400)
  expect((await call('PUT', CUSTOMER, undefined)).status).toBe(400)
  expect((await call('POST', `${CUSTOMER}/suppress`, undefined)).status).toBe(200)
})
