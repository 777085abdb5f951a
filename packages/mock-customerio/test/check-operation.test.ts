import { expect, test } from 'vitest'
import { checkOperation } from '../src/track/check-operation.ts'
import { event, identify } from './setup.ts'

function errorsOf(item: unknown): object[] {
  const checked = checkOperation(item)
  return checked.kind === 'refused' ? checked.errors : []
}

function named(count: number): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: count }, (_name, index) => [`a${index}`, 1]))
}

function person(action: string, more: Record<string, unknown>): object {
  return { type: 'person', action, identifiers: { id: 'a' }, ...more }
}

test.each([
  ['person id', (text: string) => identify(text), 'identifiers.id', 150],
  ['attribute name', (text: string) => identify('a', { [text]: 1 }), 'attributes.', 150],
  ['attribute value', (text: string) => identify('a', { plan: text }), 'attributes.plan', 1000],
  ['event name', (text: string) => event('a', text), 'name', 100],
])('the limit of the %s counts UTF-8 bytes, not characters', (_name, build, field, limit) => {
  const multibyte = '€'.repeat(Math.floor(limit / 3)) + 'x'.repeat(limit % 3)
  expect(Buffer.byteLength(multibyte)).toBe(limit)
  expect(errorsOf(build('x'.repeat(limit)))).toEqual([])
  expect(errorsOf(build(multibyte))).toEqual([])
  for (const tooLong of ['x'.repeat(limit + 1), `${multibyte}x`, '€'.repeat(limit)]) {
    const [error] = errorsOf(build(tooLong))
    expect(error).toMatchObject({ reason: 'invalid', field: expect.stringContaining(field) })
    expect(error).toMatchObject({ message: expect.stringContaining(`longer than ${limit} bytes`) })
  }
})

test('a structured attribute value is measured as JSON', () => {
  expect(errorsOf(identify('a', { list: ['€'.repeat(332)] }))).toEqual([])
  expect(errorsOf(identify('a', { list: ['€'.repeat(333)] }))).toHaveLength(1)
})

test('an identify may carry 300 attributes and no more', () => {
  expect(errorsOf(identify('a', named(300)))).toEqual([])
  expect(errorsOf(identify('a', named(301)))).toMatchObject([
    { message: 'cannot identify more than 300 attributes in one request' },
  ])
})

test.each([
  ['nothing', undefined, 'identifiers'],
  ['an empty object', {}, 'identifiers.id'],
  ['an empty id', { id: '' }, 'identifiers.id'],
  ['a number', { id: 7 }, 'identifiers.id'],
  ['two identifiers', { id: 'a', email: 'a@example.com' }, 'identifiers'],
  ['an e-mail without @', { email: 'nobody' }, 'identifiers.email'],
  ['a phone number not in E.164', { phone: '0170 1' }, 'identifiers.phone'],
])('%s does not identify a person', (_name, identifiers, field) => {
  const item = { type: 'person', action: 'delete', identifiers }
  expect(errorsOf(item)).toMatchObject([{ field }])
})

test.each([
  [{ id: 'a' }],
  [{ email: 'a@example.com' }],
  [{ phone: '+4917012345' }],
  [{ cio_id: 'x' }],
])('exactly one identifier is accepted: %j', (identifiers) => {
  expect(errorsOf({ type: 'person', action: 'delete', identifiers })).toEqual([])
})

test.each([
  ['no object', 7, ''],
  ['another type', { type: 'object', action: 'identify' }, 'type'],
  ['no type', { action: 'identify' }, 'type'],
  ['an unknown action', { type: 'person', action: 'explode' }, 'action'],
  ['an event without a name', person('event', {}), 'name'],
  ['a name that is no text', person('event', { name: 7 }), 'name'],
  ['an id that is no text', person('event', { name: 'x', id: 7 }), 'id'],
  ['event data that is a list', person('event', { name: 'x', attributes: [] }), 'attributes'],
  ['attributes that are text', person('identify', { attributes: 'x' }), 'attributes'],
  [
    'a device without a token',
    person('add_device', { device: { platform: 'ios' } }),
    'device.token',
  ],
  [
    'a device without a platform',
    person('add_device', { device: { token: 't' } }),
    'device.platform',
  ],
  ['no device', person('delete_device', {}), 'device'],
  ['no relationships', person('add_relationships', {}), 'cio_relationships'],
  [
    'a merge without a secondary',
    { type: 'person', action: 'merge', primary: { id: 'a' } },
    'secondary',
  ],
  [
    'a merge with identifiers',
    person('merge', { primary: { id: 'a' }, secondary: { id: 'b' } }),
    'identifiers',
  ],
])('%s is refused with the field that is wrong', (_name, item, field) => {
  expect(errorsOf(item)).toMatchObject([{ field }])
})

test.each([
  person('identify', {}),
  person('screen', { name: 'Home' }),
  person('page', { name: 'Home', attributes: { path: '/' } }),
  person('add_device', { device: { token: 't', platform: 'android' } }),
  person('delete_device', { device: { token: 't' } }),
  person('add_relationships', { cio_relationships: [{}] }),
  person('suppress', {}),
  person('unsuppress', {}),
  person('delete', {}),
  { type: 'person', action: 'merge', primary: { id: 'a' }, secondary: { email: 'b@example.com' } },
])('a well-formed operation is accepted: %j', (item) => {
  expect(errorsOf(item)).toEqual([])
})

test('times in milliseconds or as text and ids that are no ULIDs are taken, as Customer.io does', () => {
  expect(errorsOf(event('a', 'x', { timestamp: 1_760_000_000_000, id: 'mine' }))).toEqual([])
  expect(errorsOf(event('a', 'x', { timestamp: '2026-01-01T00:00:00Z' }))).toEqual([])
})
