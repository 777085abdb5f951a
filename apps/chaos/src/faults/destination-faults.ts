// What Customer.io does to the requests. All of it ends by itself after its time.

import type { Fault } from '@retention-relay/mock-customerio'

import type { PlannedFault } from '../schedule/schedule.ts'
import { CREDENTIALS } from '../stage/mock-process.ts'
import type { Stage } from '../stage/stage.ts'
import { last } from './fault-action.ts'
import type { FaultAction } from './fault-action.ts'

export const answer502: FaultAction = (stage, fault) =>
  answerWith(stage, fault, { kind: 'answer', status: 502 })

export const answer429: FaultAction = (stage, fault) =>
  answerWith(stage, fault, {
    kind: 'answer',
    status: 429,
    ...(fault.amount === 0 ? {} : { retryAfter: fault.amount }),
  })

export const hang: FaultAction = (stage, fault) => answerWith(stage, fault, { kind: 'hang' })

export const reset: FaultAction = (stage, fault) =>
  answerWith(stage, fault, { kind: 'reset-before' })

/** Applied, and nobody is told: the worst that can happen to a sender. */
export const applyAndReset: FaultAction = (stage, fault) =>
  answerWith(stage, fault, { kind: 'reset-after' })

/** A captive portal's page with status 200: nothing is applied, and nothing says so. */
export const answerHtml: FaultAction = (stage, fault) => answerWith(stage, fault, { kind: 'html' })

/** The credentials are no longer good, and then they are. */
export const refuseCredentials: FaultAction = async (stage, { forMs }) => {
  stage.timeline.note('destination', 'refuses the credentials')
  await stage.runFile.outage('destination', async () => {
    await stage.mock.configure({ apiKey: 'another-key' })
    await last(stage, forMs)
    await stage.mock.configure({ apiKey: CREDENTIALS.apiKey })
  })
  stage.timeline.note('destination', 'accepts the credentials')
}

async function answerWith(stage: Stage, { kind, forMs }: PlannedFault, how: Fault): Promise<void> {
  stage.timeline.note('destination', `${kind} for ${forMs} ms`)
  await stage.runFile.outage('destination', async () => {
    await stage.mock.fault({ ...how, forMs })
    await last(stage, forMs)
  })
}
