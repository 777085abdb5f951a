// What an answer means (design § 7). The status decides first, never whether the body parses: a load balancer's
// 502 is HTML, and a captive proxy's 200 is HTML too. A body is only asked where the status leaves a question: which
// items of a 207 are refused, and whether a refusal is Customer.io's own.
// A mistake here costs most: "delivered" for a batch that was not loses it, "refused" for an outage kills it.

import type { ResponseClass, RetryCause } from '@retention-relay/events'
import type { DestinationResponse } from './destination-response.ts'
import { parseObject, readItemErrors, readRefusal } from './error-body.ts'
import { retryAfterMs } from './retry-after.ts'

/** Classifies an answer. Pure and total: every status and every body has a class. */
export function classifyResponse(response: DestinationResponse): ResponseClass {
  const { status, body } = response
  if (status >= 200 && status <= 299) return classifySuccess(response)
  if (status === 408) return again(response, 'timeout')
  if (status === 429) return again(response, 'rate_limited')
  if (status >= 500 && status <= 599) return again(response, 'server_error')
  if (status === 401 || status === 403) {
    return { kind: 'unauthorized', status, rejection: readRefusal(status, body).rejection }
  }
  if (status === 400 || status === 413 || status === 422) {
    const reason = status === 413 ? 'oversize' : 'rejected'
    return { kind: 'refused', reason, ...readRefusal(status, body) }
  }
  return { kind: 'wrong_address', status }
}

function classifySuccess(response: DestinationResponse): ResponseClass {
  const { status } = response
  const body = status === 200 || status === 207 ? parseObject(response.body) : null
  if (body === null) return unreadable(response, 'that is not a JSON object')
  // Whoever answers before it has read the request has not stored it.
  if (!response.bodyLeft) return unreadable(response, 'before the request was handed over')
  const errors = readItemErrors(status, body, response.operations)
  switch (errors.kind) {
    case 'named':
      return { kind: 'partly_refused', rejections: errors.rejections }
    case 'unclear':
      return { kind: 'item_errors_unclear', rejection: errors.rejection }
    case 'unreadable':
      return unreadable(response, "with errors that are not of Customer.io's shape")
    case 'none':
      return status === 200 ? { kind: 'delivered' } : unreadable(response, 'without errors')
  }
}

/** A 2xx that says nothing: the events may be delivered. */
function unreadable(response: DestinationResponse, what: string): ResponseClass {
  return {
    kind: 'retry',
    cause: 'unreadable_answer',
    unknownOutcome: response.bodyLeft,
    detail: `HTTP ${response.status} ${what}`,
  }
}

/**
 * An answered request is not an unknown outcome, except 504: there a gateway tells of its own time-out, which is
 * ours one step later. A 502 is not counted: hours-long outages look like it, and an event whose outcome is unknown
 * is sent however old it is (design § 6).
 */
function again(response: DestinationResponse, cause: RetryCause): ResponseClass {
  const waitMs = retryAfterMs(response.headers)
  return {
    kind: 'retry',
    cause,
    unknownOutcome: response.status === 504 && response.bodyLeft,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    detail: `HTTP ${response.status}`,
  }
}
