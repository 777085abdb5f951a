// What was received, grouped: customers in order of their first operation, each with its operations
// in order of arrival. Without a `limit` the newest 100,000 operations; `truncated` says when some
// that are still kept were left out.
import type { ReceivedOperation } from '../ledger/received.ts'
import type { Mock } from '../mock.ts'

export interface ReceivedByCustomer {
  customers: { customerId: string; operations: ReceivedOperation[] }[]
  truncated: boolean
}

const DEFAULT_LIMIT = 100_000

export function receivedByCustomer(
  mock: Pick<Mock, 'received'>,
  query: URLSearchParams,
): ReceivedByCustomer {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT) || DEFAULT_LIMIT
  const customerId = query.get('customer')
  const found = mock.received({
    limit: limit + 1,
    attributes: query.get('attributes') === '1',
    ...(customerId === null ? {} : { customerId }),
  })
  return { customers: grouped(found.slice(-limit)), truncated: found.length > limit }
}

function grouped(operations: ReceivedOperation[]): ReceivedByCustomer['customers'] {
  const byCustomer = new Map<string, ReceivedOperation[]>()
  for (const operation of operations) {
    const known = byCustomer.get(operation.customerId)
    if (known === undefined) byCustomer.set(operation.customerId, [operation])
    else known.push(operation)
  }
  return [...byCustomer].map(([customerId, list]) => ({ customerId, operations: list }))
}
