// Everything that a reset throws away: the workspace, the ledger, the requests. A request belongs to
// the state that was there when it arrived: one that is in flight during a reset ends in the old one
// and cannot disturb the counts of the next test.
import { Ledger } from './ledger/ledger.ts'
import { Receipts } from './ledger/receipts.ts'
import { Requests } from './ledger/requests.ts'
import { SlidingSecond } from './ledger/sliding-second.ts'
import type { FixedOptions } from './settings.ts'
import { Workspace } from './workspace/workspace.ts'

export interface MockState {
  workspace: Workspace
  ledger: Ledger
  requests: Requests
  receipts: Receipts | null
  /** Requests that the rate limit admitted. */
  admitted: SlidingSecond
}

export function newState(options: FixedOptions): MockState {
  const { receiptsFile } = options
  const receipts = receiptsFile === null ? null : new Receipts(receiptsFile)
  const requests = new Requests(receipts)
  return {
    workspace: new Workspace(options),
    ledger: new Ledger(options, requests, receipts),
    requests,
    receipts,
    admitted: new SlidingSecond(),
  }
}
