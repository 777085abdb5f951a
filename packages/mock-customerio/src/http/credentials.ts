// HTTP Basic authentication: site id and API key. The scheme's name has no case; the rest has.
import type { MockSettings } from '../settings.ts'

export function isAuthorized(header: string | undefined, settings: MockSettings): boolean {
  const [scheme = '', encoded = ''] = (header ?? '').split(' ')
  if (scheme.toLowerCase() !== 'basic') return false
  return Buffer.from(encoded, 'base64').toString('utf8') === `${settings.siteId}:${settings.apiKey}`
}
