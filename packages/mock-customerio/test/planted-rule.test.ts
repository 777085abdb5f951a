import { expect, test } from 'vitest'
import { event, identify, setup } from './setup.ts'

const RULE = { name: 'order_placed', field: 'data.coupon', equals: 'PLANTED' }

test('an event that meets a planted rule is refused by both APIs, its neighbours are not', async () => {
  const error = { reason: 'invalid', field: 'attributes.coupon', message: 'coupon is not known' }
  const { mock, call, batch } = await setup({ rejectWhen: [{ ...RULE, error }] })
  const planted = event('a', 'order_placed', { attributes: { coupon: 'PLANTED' } })
  const answer = await batch([event('b', 'order_placed'), planted])
  expect(answer.status).toBe(207)
  expect(JSON.parse(answer.text)).toEqual({ errors: [{ batch_index: 1, ...error }] })
  const v1 = { name: 'order_placed', data: { coupon: 'PLANTED' } }
  const refused = await call('POST', '/api/v1/customers/a/events', v1)
  expect([refused.status, JSON.parse(refused.text)]).toEqual([
    400,
    { meta: { error: error.message } },
  ])
  expect(mock.summary()).toMatchObject({ applied: 1, rejected: 2 })
})

test('another name, another value or another action does not meet the rule', async () => {
  const { mock, batch } = await setup({ rejectWhen: [RULE] })
  const attributes = { coupon: 'PLANTED' }
  await batch([event('a', 'other', { attributes }), identify('a', attributes)])
  await batch([event('a', 'order_placed', { attributes: { coupon: 'planted' } })])
  expect(mock.summary()).toMatchObject({ applied: 3, rejected: 0 })
})

test('a rule reads into objects and takes a dotted key for what it is', async () => {
  const rules = [{ name: 'x', field: 'attributes.a.b', equals: 1 }]
  const { mock, batch } = await setup({ rejectWhen: rules })
  const values = [{ a: { b: 1 } }, { 'a.b': 1 }, { a: { b: 2 } }, { 'a.b': 2, a: { b: 1 } }, {}]
  for (const attributes of values) await batch([event('a', 'x', { attributes })])
  expect(mock.summary()).toMatchObject({ applied: 3, rejected: 2 })
})
