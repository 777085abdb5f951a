// Where the Track API is: the host of the account's region, or an address that the configuration names (the mock, a
// proxy). Written without a slash at its end, so that a path can follow.

import { RelayError } from '@retention-relay/events'

/** Where an account lives. */
export type Region = 'us' | 'eu'

const HOSTS: Readonly<Record<Region, string>> = {
  us: 'https://track.customer.io',
  eu: 'https://track-eu.customer.io',
}

/** `baseUrl` where given, else the region's host. Throws RELAY_CONFIG_INVALID for an address that cannot be used. */
export function trackBaseUrl(region: Region, baseUrl: string | undefined): string {
  if (baseUrl === undefined) return HOSTS[region]
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new RelayError(
      'RELAY_CONFIG_INVALID',
      'CUSTOMERIO_TRACK_URL is not an http or https address',
    )
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new RelayError(
      'RELAY_CONFIG_INVALID',
      'CUSTOMERIO_TRACK_URL has a user, a password, a query or a fragment in it',
    )
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}
