// From the end of an exchange to its class. A whole answer is classified by `classifyResponse`. A broken one counts by
// its status where the status alone decides: a 503 whose body was cut off is still a 503. Where a body would have
// been needed (2xx), or no answer began, it is tried again, and its outcome is unknown exactly when the whole body
// may have left this process.

import type { ResponseClass } from '@retention-relay/events'
import { classifyResponse } from './classify-response.ts'
import type { Exchange } from './exchange.ts'

/** Classifies the end of an exchange that carried `operations` operations. */
export function classifyExchange(exchange: Exchange, operations: number): ResponseClass {
  switch (exchange.kind) {
    case 'answered':
      return classifyResponse({ ...exchange, operations })
    case 'broken':
      return classifyBroken(exchange, operations)
    case 'lease_over':
      return { kind: 'lease_over' }
    case 'aborted':
      return { kind: 'aborted', unknownOutcome: exchange.bodyLeft }
  }
}

function classifyBroken(
  exchange: Extract<Exchange, { kind: 'broken' }>,
  operations: number,
): ResponseClass {
  if (exchange.status >= 300) return classifyResponse({ ...exchange, operations })
  return { kind: 'retry', ...exchange.failure, unknownOutcome: exchange.bodyLeft }
}
