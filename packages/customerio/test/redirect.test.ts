// Where the credentials may go.

import { describe, expect, it } from 'vitest'
import { redirectTarget } from '../src/redirect.ts'

const FROM = new URL('https://track.customer.io/api/v2/batch')

function target(
  location: string | undefined,
  status = 307,
  allowedOrigins: readonly string[] = [],
): string | null {
  return redirectTarget({ from: FROM, status, location, allowedOrigins })?.href ?? null
}

describe('redirectTarget', () => {
  it.each([301, 302, 307, 308])('%i leads to another host of Customer.io', (status) => {
    const location = 'https://track-eu.customer.io/api/v2/batch'
    expect(target(location, status)).toBe(location)
  })

  it.each([200, 300, 303, 304, 305, 306, 400, 503])('%i leads nowhere', (status) => {
    expect(target('https://track-eu.customer.io/api/v2/batch', status)).toBeNull()
  })

  it.each([
    'https://customer.io.example.com/api/v2/batch',
    'https://evilcustomer.io/api/v2/batch',
    'https://customer.io/api/v2/batch',
    'https://track.customer.io.:443/',
    'https://track-eu.customer.io@example.com/api/v2/batch',
    'https://example.com/?https://track-eu.customer.io',
    'https://example.com#.customer.io',
    '//example.com/api/v2/batch',
    'http://track-eu.customer.io/api/v2/batch',
    'http://track.customer.io/api/v2/batch',
    'https://track-eu.customer.io:8443/api/v2/batch',
    'https://10.0.0.1/api/v2/batch',
    'javascript:alert(1)',
    'https://',
    '',
    undefined,
  ])('never leads to %j', (location) => {
    // An empty location is the same address again: the loop limit ends that.
    expect(target(location)).toBe(location === '' ? FROM.href : null)
  })

  it('leads to another path of the same host', () => {
    expect(target('/api/v2/batch/')).toBe('https://track.customer.io/api/v2/batch/')
  })

  it('leads to an origin that the configuration names, and to no other of that host', () => {
    const allowed = ['http://127.0.0.1:8080']
    expect(target('http://127.0.0.1:8080/x', 307, allowed)).toBe('http://127.0.0.1:8080/x')
    expect(target('http://127.0.0.1:8081/x', 307, allowed)).toBeNull()
  })
})
