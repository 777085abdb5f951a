// Where a redirect may lead. An account of the EU that calls the US host is redirected there, and the request must arrive
// as it was: same method, same body. A request carries the credentials of a workspace that holds every customer, so it
// follows only to `https://*.customer.io`, to the host that has the credentials already, or to an origin that the
// configuration names. 303 and the rest of 3xx are not followed: they would turn the POST into a GET and lose the batch.
// Source: Customer.io's own client sends Authorization across a redirect only within `.customer.io`.

/** Redirects in a row before the address counts as wrong. */
export const REDIRECTS_MAX = 3

const FOLLOWED = new Set([301, 302, 307, 308])

/** A redirect as it was answered. */
export interface Redirect {
  readonly from: URL
  readonly status: number
  readonly location: string | undefined
  /** Further origins that may have the credentials (a mock on loopback). */
  readonly allowedOrigins: readonly string[]
}

/** The address to send the same request to; null when it must not go anywhere. */
export function redirectTarget(redirect: Redirect): URL | null {
  const { from, status, location, allowedOrigins } = redirect
  if (!FOLLOWED.has(status) || location === undefined || !URL.canParse(location, from.href)) {
    return null
  }
  const to = new URL(location, from.href)
  const mayGo = to.origin === from.origin || isCustomerIo(to) || allowedOrigins.includes(to.origin)
  return mayGo ? to : null
}

function isCustomerIo(url: URL): boolean {
  return url.protocol === 'https:' && url.port === '' && url.hostname.endsWith('.customer.io')
}
