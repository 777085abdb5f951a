import { expect, test } from 'vitest'
import { basic, event, FakeClock, send, setup } from './setup.ts'

test('the region is told to whoever has the credentials', async () => {
  const { call } = await setup({ region: 'eu' })
  const answer = await call('GET', '/api/v1/accounts/region')
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.text)).toEqual({
    url: 'https://track-eu.customer.io',
    region: 'eu',
    environment_id: 3,
  })
})

test.each([
  ['none', ''],
  ['a wrong key', basic('site', 'wrong')],
  ['another scheme', 'Bearer site:key'],
])('credentials are demanded of every call: %s', async (_name, authorization) => {
  const { mock } = await setup({ siteId: 'site', apiKey: 'key' })
  const body = { batch: [event('a', 'x')] }
  const batch = await send(`${mock.url}/api/v2/batch`, 'POST', body, authorization)
  const region = await send(`${mock.url}/api/v1/accounts/region`, 'GET', undefined, authorization)
  expect([batch.status, region.status]).toEqual([401, 401])
  expect(mock.summary().received).toBe(0)
})

test('credentials can be replaced while the mock runs', async () => {
  const { mock, call } = await setup()
  const old = basic(mock.settings.siteId, mock.settings.apiKey)
  mock.configure({ siteId: 'new', apiKey: 'newer' })
  expect((await send(`${mock.url}/api/v1/accounts/region`, 'GET', undefined, old)).status).toBe(401)
  expect((await call('GET', '/api/v1/accounts/region')).status).toBe(200)
})

test('what belongs to neither API is not found', async () => {
  const { call } = await setup()
  expect((await call('GET', '/api/v2/batch')).status).toBe(404)
  expect((await call('PATCH', '/api/v1/customers/a', {})).status).toBe(404)
  expect((await call('GET', '/elsewhere')).status).toBe(404)
})

test('above the rate a request gets 429 and is not applied, until the second is over', async () => {
  const clock = new FakeClock()
  const { mock, batch } = await setup({ clock, ratePerSecond: 2 })
  const statuses = async (): Promise<number[]> => {
    const answers = [await batch([event('a', 'x')]), await batch([event('a', 'x')])]
    return [...answers, await batch([event('a', 'x')])].map(({ status }) => status)
  }
  expect(await statuses()).toEqual([200, 200, 429])
  clock.advance(999)
  expect((await batch([event('a', 'x')])).status).toBe(429)
  clock.advance(1)
  expect(await statuses()).toEqual([200, 200, 429])
  expect(mock.summary()).toMatchObject({ applied: 4, maxRequestsPerSecond: 4 })
})

test('a 429 of the rate carries Retry-After only where that is set', async () => {
  const clock = new FakeClock()
  const { mock, batch } = await setup({ clock, ratePerSecond: 1 })
  await batch([event('a', 'x')])
  expect((await batch([event('a', 'x')])).headers.get('retry-after')).toBeNull()
  mock.configure({ rateRetryAfter: true })
  expect((await batch([event('a', 'x')])).headers.get('retry-after')).toBe('1')
})

test('with a latency an operation is applied at once and answered later', async () => {
  const clock = new FakeClock()
  const { mock, batch } = await setup({ clock, latencyMs: 250 })
  const answer = batch([event('a', 'x')])
  expect((await mock.waitFor(({ applied }) => applied === 1)).inFlight).toBe(1)
  clock.advance(249)
  expect(mock.summary().inFlight).toBe(1)
  clock.advance(1)
  expect((await answer).status).toBe(200)
  expect(mock.summary().inFlight).toBe(0)
})
