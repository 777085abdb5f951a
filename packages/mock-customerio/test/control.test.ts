import { expect, test } from 'vitest'
import { event, identify, send, setup } from './setup.ts'

test('the control API tells what the mock object tells', async () => {
  const { mock, batch, control } = await setup()
  await batch([identify('a', { plan: 'p' }), event('b', 'x'), event('a', 'y')])
  expect(await control('GET', 'summary')).toEqual(mock.summary())
  expect(await control('GET', 'person?id=a')).toEqual({ attributes: { plan: 'p' }, devices: [] })
  expect(await control('GET', 'person?id=nobody')).toEqual({ error: 'not known' })
  expect(await control('GET', 'received')).toEqual({
    customers: [
      { customerId: 'a', operations: mock.received('a') },
      { customerId: 'b', operations: mock.received('b') },
    ],
    truncated: false,
  })
})

test('received can be narrowed to a customer, limited to the newest, and carry attributes', async () => {
  const { batch, control } = await setup()
  await batch([identify('a', { n: 1 }), identify('a', { n: 2 }), identify('b', { n: 3 })])
  expect(await control('GET', 'received?customer=a&limit=1&attributes=1')).toMatchObject({
    customers: [{ customerId: 'a', operations: [{ attributes: { n: 2 } }] }],
    truncated: true,
  })
  expect(await control('GET', 'received?customer=a&limit=2')).toMatchObject({ truncated: false })
  expect(await control('GET', 'received?customer=nobody')).toEqual({
    customers: [],
    truncated: false,
  })
})

test('faults are ordered, listed and ended', async () => {
  const { mock, batch, control } = await setup()
  expect(await control('POST', 'faults', { kind: 'answer', status: 503, times: 2 })).toEqual({
    id: 1,
  })
  expect(await control('POST', 'faults', { kind: 'hang' })).toEqual({ id: 2 })
  expect((await batch([event('a', 'x')])).status).toBe(503)
  expect(await control('GET', 'faults')).toMatchObject([
    { id: 1, hits: 1, timesLeft: 1 },
    { id: 2 },
  ])
  expect(await control('DELETE', 'faults/2')).toEqual({ cleared: 1 })
  expect(await control('DELETE', 'faults')).toEqual({ cleared: 1 })
  expect(mock.faults()).toEqual([])
})

test('a fault that is not one is refused with the reason', async () => {
  const { mock, control } = await setup()
  expect(await control('POST', 'faults', { kind: 'cut', time: 1 })).toEqual({
    error: 'time is not a field of cut',
  })
  expect(await control('POST', 'faults', '{')).toEqual({ error: 'body must be JSON' })
  expect(() => mock.fault({ kind: 'cut', times: 0 })).toThrow('times must be a whole number')
  expect(mock.faults()).toEqual([])
})

test('settings are changed and told, without the API key', async () => {
  const { mock, control } = await setup()
  const rejectWhen = [{ name: 'x', field: 'data.y', equals: 1 }]
  const changed = await control('PATCH', 'settings', {
    ratePerSecond: 5,
    rejectWhen,
    apiKey: 'new',
  })
  expect(changed).toMatchObject({ ratePerSecond: 5, rejectWhen, siteId: 'mock-site-id' })
  expect(changed).not.toHaveProperty('apiKey')
  expect(mock.settings.apiKey).toBe('new')
  expect(await control('GET', 'settings')).toEqual(changed)
})

test.each([
  [[], 'settings are a JSON object'],
  [{ latency: 5 }, 'latency is not a setting; known: siteId, apiKey'],
  [{ latencyMs: -1 }, 'latencyMs must be a whole number from 0 up'],
  [{ rejectWhen: [{ name: 'x' }] }, 'rejectWhen must be a list of'],
])('a setting that is not one changes nothing: %j', async (body, problem) => {
  const { mock, control } = await setup()
  const before = { ...mock.settings }
  expect(await control('PATCH', 'settings', body)).toEqual({
    error: expect.stringContaining(problem),
  })
  expect(mock.settings).toEqual(before)
})

test('a reset over HTTP forgets what was received', async () => {
  const { mock, batch, control } = await setup()
  await batch([event('a', 'x')])
  expect(await control('POST', 'reset')).toEqual({})
  expect(mock.summary().received).toBe(0)
})

test('what is no control is not found, and nothing of the control side counts as traffic', async () => {
  const { mock, control } = await setup()
  mock.fault({ kind: 'answer', status: 503 })
  expect(await control('GET', 'nothing')).toEqual({ error: 'no such control' })
  expect(await control('PUT', 'summary')).toEqual({ error: 'no such control' })
  expect((await send(mock.url, 'GET', undefined, '')).status).toBe(200)
  expect(mock.summary()).toMatchObject({ requests: 0, faulted: 0 })
})
