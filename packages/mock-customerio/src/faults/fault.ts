// The faults that can be ordered, one kind each, as JSON: the same objects in `mock.fault(…)` and
// in `POST /_mock/faults`. A fault takes a complete request to the Track API that matches it and
// answers it, or fails to, in its own way. `apply` says whether the operations take effect all the
// same; where it can be chosen it is false unless the kind says otherwise.

export const FAULT_KINDS = [
  'slow',
  'hang',
  'reset-before',
  'reset-after',
  'cut',
  'answer',
  'redirect',
  'html',
  'half-json',
  'item-errors',
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

/** Which requests and for how long. Without any of these: every request until it is cleared. */
interface FaultScope {
  /** Ends after so many requests. */
  times?: number
  /** Ends so many milliseconds after it was ordered. */
  forMs?: number
  /** Takes every n-th matching request, the first one included, and leaves the others alone. */
  every?: number
  match?: FaultMatch
}

/** All that are given must hold. */
export interface FaultMatch {
  method?: string
  /** Beginning of the path, for instance `/api/v2/batch`. */
  path?: string
  /** The body holds an event of this name. */
  eventName?: string
}

/** Applied and answered as usual, but late: `delayMs` to the first byte, `trickleMs` between bytes. */
interface SlowFault {
  kind: 'slow'
  delayMs?: number
  trickleMs?: number
}

/** Never answered; the connection stays open until the sender closes it. */
interface HangFault {
  kind: 'hang'
  apply?: boolean
}

/** The connection is reset after the complete body came: nothing is applied, or everything is. */
interface ResetFault {
  kind: 'reset-before' | 'reset-after'
}

/** Applied, and the connection closed in the middle of the answer's body. */
interface CutFault {
  kind: 'cut'
}

/**
 * Any status. Without `body`: what that status usually carries (401 as from Customer.io, 502 HTML,
 * 503 and 429 and 204 empty). `retryAfter` is sent as given, sense or nonsense (a number of seconds,
 * a text); `retryAfterDateMs` sends the date that lies so many milliseconds ahead.
 */
export interface AnswerFault {
  kind: 'answer'
  status: number
  body?: string
  contentType?: string
  retryAfter?: number | string
  retryAfterDateMs?: number
  apply?: boolean
}

/** To the same path at another origin; `status` 307 unless given. */
interface RedirectFault {
  kind: 'redirect'
  to: string
  status?: 301 | 302 | 307 | 308
}

/** An HTML page with a 2xx status, as a captive portal sends it; `status` 200 unless given. */
interface HtmlFault {
  kind: 'html'
  status?: number
  apply?: boolean
}

/** A JSON body that ends in the middle, complete as HTTP; `status` 200 unless given. */
interface HalfJsonFault {
  kind: 'half-json'
  status?: number
  apply?: boolean
}

/**
 * `errors` with the given indexes: numbers as they are (in range, out of range, repeated), texts as
 * text, `null` for an error without an index. `status` 207 unless given; 200 is the other known case.
 * What is refused in truth is `refuse` (by default the given numbers that are in range); everything
 * else is applied.
 */
export interface ItemErrorsFault {
  kind: 'item-errors'
  indexes: (number | string | null)[]
  status?: number
  refuse?: number[]
  error?: { reason?: string; field?: string; message?: string }
}

export type Fault = FaultScope &
  (
    | SlowFault
    | HangFault
    | ResetFault
    | CutFault
    | AnswerFault
    | RedirectFault
    | HtmlFault
    | HalfJsonFault
    | ItemErrorsFault
  )
