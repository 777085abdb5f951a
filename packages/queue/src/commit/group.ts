// Which events go together in the next commit: the longest beginning of the pending list that fits a job. Never a
// selection, so the order of calls is the order of the queue.

import { JOB_FORMAT_VERSION, JOB_MAX_BYTES, JOB_MAX_EVENTS } from '@retention-relay/events'

import type { EncodedEvent } from './pending-event.ts'

/** What a group is made of. */
export type Grouped = { readonly event: Pick<EncodedEvent, 'text' | 'bytes'> }

/** How many of the pending events the next commit takes: at least 1, at most 200 or 64 KiB. */
export function groupSize(pending: readonly Grouped[]): number {
  let bytes = 0
  let count = 0
  for (const { event } of pending) {
    bytes += event.bytes
    if (count === JOB_MAX_EVENTS || (count > 0 && bytes > JOB_MAX_BYTES)) break
    count += 1
  }
  return count
}

/** The beginning of a job's data, up to its events. */
export interface JobHead {
  readonly text: string
}

/** The beginning of every job's data, made once. `producer`: as in `PRODUCER_PATTERN`, or undefined. */
export function jobHead(namespace: string, producer?: string): JobHead {
  const named = producer === undefined ? '' : `"producer":"${producer}",`
  return { text: `{"v":${JOB_FORMAT_VERSION},"ns":"${namespace}",${named}"events":[` }
}

/** The text of a job's data. The events are texts already: what was checked is what is stored. */
export function jobText(head: JobHead, group: readonly Grouped[]): string {
  const texts = group.map(({ event }) => event.text)
  return `${head.text}${texts.join(',')}]}`
}
