// The ordinary treatment of a complete request: credentials, rate, then the API itself.
// A rate counts what it admitted: a sender that hammers on is not locked out for ever.
import { emptyAnswer, metaError, type Answer } from '../track/answer.ts'
import type { Call } from '../track/call.ts'
import { routeCall } from '../track/route.ts'
import type { MockSettings } from '../settings.ts'
import type { MockState } from '../state.ts'
import { isAuthorized } from './credentials.ts'

export interface ServeParts {
  state: MockState
  settings: MockSettings
  authorization: string | undefined
  nowMs: number
}

export function serve(call: Call, parts: ServeParts): Answer {
  if (!isAuthorized(parts.authorization, parts.settings))
    return metaError(401, 'Unauthorized request')
  if (!admits(parts)) return tooManyRequests(parts)
  const { workspace, ledger } = parts.state
  const rules = parts.settings.rejectWhen
  return routeCall(call, { workspace, ledger, rules }, parts.settings.region)
}

function admits({ settings, state, nowMs }: ServeParts): boolean {
  if (settings.ratePerSecond === null) return true
  if (state.admitted.count(nowMs) >= settings.ratePerSecond) return false
  state.admitted.add(nowMs)
  return true
}

function tooManyRequests({ settings, state, nowMs }: ServeParts): Answer {
  const answer = emptyAnswer(429)
  if (!settings.rateRetryAfter) return answer
  const seconds = Math.max(1, Math.ceil(state.admitted.untilNextMs(nowMs) / 1000))
  return { ...answer, headers: { 'retry-after': String(seconds) } }
}
