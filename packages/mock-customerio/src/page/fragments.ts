// The parts of the page that move: counts, faults, operations. Rendered here once for the first view
// and for every refresh: the page's script only puts them in place.
import type { ActiveFault } from '../faults/active-faults.ts'
import type { RecentOperation } from '../ledger/recent-operations.ts'
import type { MockSummary } from '../ledger/summary.ts'
import type { Mock } from '../mock.ts'
import { markup, type Html } from './html.ts'

/** HTML by the id of the element that it fills. */
export interface Fragments {
  counts: string
  faults: string
  operations: string
}

const SHOWN_OPERATIONS = 200
const SHOWN_ATTRIBUTES = 300

/** @param customerId shows only this customer's; everybody's when empty */
export function renderFragments(
  mock: Pick<Mock, 'summary' | 'faults' | 'recent'>,
  customerId: string,
): Fragments {
  const customer = customerId === '' ? undefined : customerId
  return {
    counts: renderCounts(mock.summary()),
    faults: renderFaults(mock.faults()),
    operations: renderOperations(mock.recent(SHOWN_OPERATIONS, customer)),
  }
}

function renderCounts(summary: MockSummary): string {
  const cards: [string, number, string][] = [
    ['requests', summary.requests, ''],
    ['received', summary.received, ''],
    ['applied', summary.applied, 'good'],
    ['duplicates', summary.duplicates, ''],
    ['rejected', summary.rejected, warnIf(summary.rejected)],
    ['suppressed', summary.suppressed, ''],
    ['customers', summary.customers, ''],
    ['inversions', summary.inversions, alarmIf(summary.inversions)],
    ['applied twice', summary.doubled, alarmIf(summary.doubled)],
    ['overlaps', summary.overlaps, warnIf(summary.overlaps)],
    ['busiest second', summary.maxRequestsPerSecond, ''],
  ]
  const tiles = cards.map(([label, count, tone]) => {
    return markup`<div class="card ${tone}">
      <b>${count.toLocaleString('en-US')}</b><span>${label}</span>
    </div>`
  })
  return markup`${tiles}${renderEndings(summary)}`.toString()
}

function renderEndings({ requestsByEnding }: MockSummary): Html {
  const endings = Object.entries(requestsByEnding).map(([ending, count]) => {
    return markup`<li><b>${ending}</b> ${count.toLocaleString('en-US')}</li>`
  })
  return markup`<ul class="endings">
    ${endings}
  </ul>`
}

function renderFaults(faults: ActiveFault[]): string {
  if (faults.length === 0) return markup`<p class="quiet">No fault in force.</p>`.toString()
  const items = faults.map(({ id, fault, hits, timesLeft }) => {
    const left = timesLeft === null ? '' : `, ${timesLeft} left`
    return markup`<li>
      <b>${fault.kind}</b> #${id}, taken ${hits}${left} <code>${JSON.stringify(fault)}</code>
    </li>`
  })
  return markup`<ul class="faults">
    ${items}
  </ul>`.toString()
}

function renderOperations(operations: RecentOperation[]): string {
  if (operations.length === 0) {
    return markup`<tr>
      <td colspan="6" class="quiet">Nothing has arrived yet.</td>
    </tr>`.toString()
  }
  return operations.map((operation) => renderOperation(operation).toString()).join('')
}

function renderOperation(operation: RecentOperation): Html {
  const { outcome, customerId, action, name, id, error } = operation
  const query = new URLSearchParams({ customer: customerId }).toString()
  const link = markup`<a href="/?${query}">${customerId}</a>`
  return markup`<tr>
    <td>
      <time>${timeOf(operation.receivedAt)}</time><small>request ${placeOf(operation)}</small>
    </td>
    <td>${link}</td>
    <td>
      <b>${name ?? action ?? 'unreadable'}</b><small>${name === null ? '' : (action ?? '')}</small>
    </td>
    <td>
      <span class="outcome ${outcome}">${outcome}</span><small class="error">${error ?? ''}</small>
    </td>
    <td><code class="id">${id ?? ''}</code></td>
    <td><code class="attributes">${attributesOf(operation)}</code></td>
  </tr>`
}

function placeOf({ requestNumber, batchIndex }: RecentOperation): string {
  return batchIndex === null ? String(requestNumber) : `${requestNumber}, item ${batchIndex}`
}

function timeOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 23)} UTC`
}

function attributesOf({ attributes }: RecentOperation): string {
  if (attributes === null) return ''
  const text = JSON.stringify(attributes)
  return text.length > SHOWN_ATTRIBUTES ? `${text.slice(0, SHOWN_ATTRIBUTES)}…` : text
}

function warnIf(count: number): string {
  return count > 0 ? 'warn' : ''
}

function alarmIf(count: number): string {
  return count > 0 ? 'alarm' : 'good'
}
