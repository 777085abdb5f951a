import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { event, identify, send, setup } from './setup.ts'

const NASTY = `<script>alert(1)</script><img src=x onerror="alert('2')">&`
const ESCAPED = '&lt;script&gt;alert(1)&lt;/script&gt;'

test('the page shows what arrived, newest first, with its outcome', async () => {
  const { mock, batch } = await setup()
  await batch([
    identify('cus_1', { plan: 'gold' }),
    event('cus_2', 'order_placed'),
    event('cus_3', ''),
  ])
  const { status, headers, text } = await send(mock.url, 'GET', undefined, '')
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  const places = ['cus_3', 'cus_2', 'cus_1'].map((id) => text.indexOf(`>${id}</a>`))
  expect(places.every((place) => place > 0)).toBe(true)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(text).toContain('{&quot;plan&quot;:&quot;gold&quot;}')
  expect(text).toContain('event name must not be blank')
})

test('whatever came from outside is escaped, in the page and in its refreshes', async () => {
  const { mock, batch, control } = await setup()
  mock.fault({ kind: 'answer', status: 503, match: { eventName: NASTY } })
  await batch([event(NASTY.slice(0, 100), 'x', { id: NASTY, attributes: { [NASTY]: NASTY } })])
  await batch([event('a', NASTY.slice(0, 99)), event('a', '', { id: NASTY })])
  const query = `customer=${encodeURIComponent(NASTY)}`
  const pages = await Promise.all(
    ['', `?${query}`].map((search) => send(`${mock.url}/${search}`, 'GET', undefined, '')),
  )
  const fragments = JSON.stringify(await control('GET', 'page'))
  for (const markup of [...pages.map(({ text }) => text), fragments]) {
    expect(markup).toContain(ESCAPED)
    expect(markup).not.toContain('<script>alert')
    expect(markup).not.toContain('<img')
  }
})

test('a customer id that is no proper Unicode does not break the page', async () => {
  const { mock, batch } = await setup()
  await batch([event('odd \ud800', 'x'), event('a', 'fine_event')])
  expect((await send(mock.url, 'GET', undefined, '')).text).toContain('fine_event')
})

test('the page can be narrowed to one customer', async () => {
  const { mock, batch } = await setup()
  await batch([event('a b', 'first_event'), event('c', 'second_event')])
  const { text } = await send(`${mock.url}/?customer=a%20b`, 'GET', undefined, '')
  expect(text).toContain('first_event')
  expect(text).not.toContain('second_event')
  expect(text).toContain('value="a b"')
})

test('the page shows counts and faults in force, and a refresh brings the same parts', async () => {
  const { mock, batch, control } = await setup()
  mock.fault({ kind: 'answer', status: 503, times: 3 })
  await batch([event('a', 'x')])
  const { text } = await send(mock.url, 'GET', undefined, '')
  expect(text).toContain('<b>answer</b> #1, taken 1, 2 left')
  expect(text).toContain('<b>1</b><span>requests</span>')
  const parts = Object.entries((await control('GET', 'page')) as Record<string, string>)
  expect(parts.map(([id]) => id)).toEqual(['counts', 'faults', 'operations'])
  for (const [id, markup] of parts) {
    expect(text).toContain(`id="${id}"`)
    expect(text).toContain(markup)
  }
})

test('the page allows exactly its own script and style, and nothing from elsewhere', async () => {
  const { mock } = await setup()
  const { headers, text } = await send(mock.url, 'GET', undefined, '')
  const hash = (tag: string): string => {
    const content = new RegExp(`<${tag}>(.*)</${tag}>`, 's').exec(text)?.[1] ?? ''
    return `'sha256-${createHash('sha256').update(content).digest('base64')}'`
  }
  const policy = (headers.get('content-security-policy') ?? '').split('; ')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain(`script-src ${hash('script')}`)
  expect(policy).toContain(`style-src ${hash('style')}`)
  expect(text).not.toMatch(/(src|href)="(https?:)?\/\//)
})
