// The first request of a worker: asks the destination whether it takes the credentials. One that does not answer is asked
// again; one that refuses pauses the worker, and it is known all the same.

import { systemClock } from '@retention-relay/delivery'
import type { EndpointGate } from '@retention-relay/delivery'
import type { Logger } from 'pino'

import type { Health } from './health.ts'
import type { LiveCredentials } from './live-credentials.ts'

/** Wait between two looks at a destination that does not answer, in milliseconds. */
const PROBE_WAIT_MS = 2000

/** What the first request needs. */
export interface MeetingParts {
  readonly credentials: LiveCredentials
  readonly gate: EndpointGate
  readonly health: Health
  readonly logger: Logger
  readonly stop: AbortSignal
}

/** Resolves when the destination has answered, when deliveries have shown that it does, or when the worker was stopped. */
export async function meetDestination(parts: MeetingParts): Promise<void> {
  const { credentials, health, logger, stop } = parts
  while (!stop.aborted && !health.readiness().ready) {
    const probe = await credentials.probe({ signal: stop })
    if (stop.aborted) return
    if (probe.kind !== 'unreachable') return await knowDestination(probe, parts)
    logger.warn(
      { event: 'destination.unreachable', detail: probe.detail },
      'Customer.io does not answer; goes on trying',
    )
    await systemClock.sleep(PROBE_WAIT_MS, stop)
  }
}

type Probe = Awaited<ReturnType<LiveCredentials['probe']>>

async function knowDestination(
  probe: Exclude<Probe, { readonly kind: 'unreachable' }>,
  { gate, health, logger }: MeetingParts,
): Promise<void> {
  if (probe.kind === 'refused') await gate.judgeUnauthorized(probe.status)
  else
    logger.info(
      { event: 'destination.checked', region: probe.region },
      'Customer.io accepts the credentials',
    )
  health.set('destination', true)
}
