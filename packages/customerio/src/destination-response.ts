// The answer of the destination as `classifyResponse` reads it: already off the wire, with what was known about
// the request when it came. Nothing here depends on a socket, so every case can be written down in a test.

/** One answer, and the request that it answers. */
export interface DestinationResponse {
  /** HTTP status. */
  readonly status: number
  /** Headers under lower-case names. Only `retry-after` and `date` are read. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The body as text; null when it could not be read to its end (too long, cut off). */
  readonly body: string | null
  /** Number of operations in the request, 1 or more. */
  readonly operations: number
  /** Whether the whole request body had been handed to the socket. */
  readonly bodyLeft: boolean
}

/** The first value of a header. */
export function headerOf(
  headers: DestinationResponse['headers'],
  name: string,
): string | undefined {
  const value = headers[name]
  return typeof value === 'object' ? value[0] : value
}
