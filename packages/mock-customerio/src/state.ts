// Everything that a reset throws away: the workspace, the ledger, the requests. A request belongs to
// the state that was there when it arrived: one that is in flight during a reset ends in the old one
// and cannot disturb the counts of the next test.
import { Ledger } from './ledger/ledger.ts'
import { Requests } from './ledger/requests.ts'
import { SlidingSecond } from './ledger/sliding-second.ts'
import type { FixedOptions } from './settings.ts'
import { Workspace } from './workspace/workspace.ts'

export interface MockState {
  workspace: Workspace
  ledger: Ledger
  requests: Requests
  /** Requests that the rate limit admitted. */
  admitted: SlidingSecond
}

export function newState(options: FixedOptions): MockState {
  const requests = new Requests()
  return {
    workspace: new Workspace(options),
    ledger: new Ledger(options, requests),
    requests,
    admitted: new SlidingSecond(),
  }
}
