import { describe, expect, it } from 'vitest'
import { trackBaseUrl } from '../src/base-url.ts'

describe('trackBaseUrl', () => {
  it('is the host of the region', () => {
    expect(trackBaseUrl('us', undefined)).toBe('https://track.customer.io')
    expect(trackBaseUrl('eu', undefined)).toBe('https://track-eu.customer.io')
  })

  it('is the configured address without a slash at its end', () => {
    expect(trackBaseUrl('eu', 'http://127.0.0.1:8080')).toBe('http://127.0.0.1:8080')
    expect(trackBaseUrl('us', 'https://proxy.example/cio//')).toBe('https://proxy.example/cio')
  })
})
