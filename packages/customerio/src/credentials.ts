// The workspace's credentials, kept as the one header that is sent. They are secret: nothing here is ever part of
// an error's text, and the class that holds them keeps them in a private field.

import { RelayError } from '@retention-relay/events'

/** Credentials of a Customer.io workspace for the Track API. */
export interface TrackCredentials {
  readonly siteId: string
  readonly apiKey: string
}

/**
 * The Authorization header (HTTP Basic, UTF-8). Throws RELAY_CONFIG_INVALID when a part is missing, or when the site
 * id has a colon: the server would cut it there.
 */
export function basicAuthorization(credentials: TrackCredentials): string {
  const { siteId, apiKey } = credentials
  if (siteId === '' || siteId.includes(':')) {
    throw new RelayError('RELAY_CONFIG_INVALID', 'CUSTOMERIO_SITE_ID is empty or has a colon in it')
  }
  if (apiKey === '') throw new RelayError('RELAY_CONFIG_INVALID', 'CUSTOMERIO_API_KEY is empty')
  return `Basic ${Buffer.from(`${siteId}:${apiKey}`, 'utf8').toString('base64')}`
}
