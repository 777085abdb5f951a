// Sends one dead letter again. It counts as dead until it is delivered; then settle resolves it. What cannot be sent
// again is refused with the reason, and what a person should know beforehand comes back as warnings.

import { addReplay, isReplayUnderWay } from '@retention-relay/queue'
import type { RelayEvent } from '@retention-relay/events'

import type { OpsConnection } from '../connection.ts'
import type { FoundDeadLetter } from './show.ts'
import { showDeadLetter } from './show.ts'
import { openStores } from './stores.ts'

/** What a person should know about a replay. */
export type ReplayWarning =
  /** An earlier request had an unknown outcome: a profile operation may then be done a second time. */
  | 'maybe_delivered'
  /** Older than 72 hours: Customer.io stores it and starts no campaign for it. */
  | 'too_old_for_campaigns'

/** Why a dead letter is not sent again. */
export type ReplayRefusal = 'resolved' | 'no_event' | 'wrong_environment' | 'under_way'

/** How a replay ended. */
export type ReplayResult =
  | {
      readonly kind: 'replayed'
      readonly id: string
      readonly partition: number
      readonly jobId: string
      readonly warnings: readonly ReplayWarning[]
    }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'refused'; readonly reason: ReplayRefusal; readonly message: string }

/** Events older than this start no campaign in Customer.io. */
const CAMPAIGN_LIMIT_MS = 72 * 60 * 60 * 1000

/**
 * Adds a job that holds the same event with the same id and time. Null when no process has opened the namespace yet.
 *
 * @throws EnqueueError when Redis refuses the job or does not answer; asking again is safe.
 */
export async function replayDeadLetter(
  connection: OpsConnection,
  namespace: string,
  id: string,
  nowMs: number = Date.now(),
): Promise<ReplayResult | null> {
  const letters = await showDeadLetter(connection, namespace, id)
  const opened = await openStores(connection, namespace)
  if (letters === null || opened === null) return null
  const [letter] = letters
  if (letter === undefined) return { kind: 'not_found' }
  const { partition, deaths } = letter
  const { event } = letter.record
  const reason = refusalOf(letter)
  if (reason !== null) return refuse(reason)
  if (event === undefined) return refuse('no_event')
  const { generation } = opened.open
  const replay = { address: { namespace, generation, partition }, event, deaths }
  if (await isReplayUnderWay(connection.client, replay)) return refuse('under_way')
  const jobId = await addReplay(connection.client, replay)
  return { kind: 'replayed', id, partition, jobId, warnings: warningsOf(letter, event, nowMs) }
}

const MESSAGES: Record<ReplayRefusal, string> = {
  resolved: 'it is resolved: the event was delivered, or found to be delivered already',
  no_event:
    'it could not be read, so there is no event to send; correct its source and send it anew',
  wrong_environment:
    'it belongs to another namespace and would reach the wrong people; send it there',
  under_way: 'it is on its way again already',
}

function refusalOf({ state, record }: FoundDeadLetter): ReplayRefusal | null {
  if (state === 'resolved') return 'resolved'
  return record.reason === 'wrong_environment' ? 'wrong_environment' : null
}

function refuse(reason: ReplayRefusal): ReplayResult {
  return { kind: 'refused', reason, message: MESSAGES[reason] }
}

function warningsOf(
  { record }: FoundDeadLetter,
  event: RelayEvent,
  nowMs: number,
): readonly ReplayWarning[] {
  return [
    ...(record.maybeDelivered ? (['maybe_delivered'] as const) : []),
    ...(nowMs - event.occurredAt > CAMPAIGN_LIMIT_MS ? (['too_old_for_campaigns'] as const) : []),
  ]
}
