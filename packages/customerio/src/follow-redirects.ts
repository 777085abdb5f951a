// Repeats a request where its answer sends it, at most three times, and tells where it ended.

import type { Exchange } from './exchange.ts'
import { headerOf } from './destination-response.ts'
import { REDIRECTS_MAX, redirectTarget } from './redirect.ts'

/** Where a request ended, and how. */
export interface Arrival {
  readonly url: URL
  readonly exchange: Exchange
}

/** Calls `send` for `first` and for each address that an answer redirects to and `allowedOrigins` permits. */
export async function followRedirects(
  first: URL,
  allowedOrigins: readonly string[],
  send: (url: URL) => Promise<Exchange>,
): Promise<Arrival> {
  let url = first
  let exchange = await send(url)
  for (let redirects = 0; redirects < REDIRECTS_MAX; redirects += 1) {
    const to = targetOf(exchange, url, allowedOrigins)
    if (to === null) break
    url = to
    exchange = await send(url)
  }
  return { url, exchange }
}

function targetOf(exchange: Exchange, from: URL, allowedOrigins: readonly string[]): URL | null {
  // Also when the answer's body broke off: its headers say where to go.
  if (exchange.kind !== 'answered' && exchange.kind !== 'broken') return null
  const location = headerOf(exchange.headers, 'location')
  return redirectTarget({ from, status: exchange.status, location, allowedOrigins })
}
