// What the worker makes of an event by its tracking plan, before it is sent: services of an older version, or in another
// language, may have stored what the plan does not allow. An event of an older version is brought forward where its
// definition says how; one of a newer version waits for a newer worker. What is over a limit of the destination, or happened at a
// time that cannot be, is not sent either, whatever the plan says.

import { checkData, checkMessage } from './check-data.ts'
import type { Checks, EventDefinition } from './event-definition.ts'
import { judgeTime } from './event-times.ts'
import { eventLabel } from './event.ts'
import type { IdentifyEvent, JsonObject, RelayEvent, TrackEvent } from './event.ts'
import { limitMessage, storedLimitFault } from './limits.ts'
import type { TrackingPlan } from './tracking-plan.ts'
import { attributesVersion, findDefinition, isRetired } from './tracking-plan.ts'
import { upcastData } from './upcast.ts'

/** What becomes of an event. */
export type Judgement =
  /** `event`: the one that was given, or brought forward. */
  | { readonly kind: 'valid'; readonly event: RelayEvent }
  /** It does not match, and its definition wants it delivered all the same. */
  | { readonly kind: 'tolerated'; readonly event: RelayEvent; readonly fault: string }
  | { readonly kind: 'invalid'; readonly fault: string }
  /** Its definition is newer than the plan's: held until a newer worker comes. The fault says what to do. */
  | { readonly kind: 'newer'; readonly fault: string }

/** A definition, and what it is asked about. */
interface Case {
  readonly definition: Pick<EventDefinition, 'schema' | 'checks' | 'upcasters' | 'version'>
  readonly event: TrackEvent | IdentifyEvent
  readonly data: JsonObject
  /** Begins the paths of faults. */
  readonly root: string
}

/** Judges an event; `nowMs` is the worker's clock, in milliseconds since 1970. Never throws. */
export function judgeEvent(event: RelayEvent, plan: TrackingPlan, nowMs: number): Judgement {
  const judged = judgeByPlan(event, plan)
  if (judged.kind !== 'valid' && judged.kind !== 'tolerated') return judged
  const limit = storedLimitFault(judged.event)
  if (limit !== null) {
    return { kind: 'invalid', fault: `it is over a limit of Customer.io: ${limitMessage(limit)}` }
  }
  const time = judgeTime(event.occurredAt, nowMs)
  if (time.kind === 'impossible') return { kind: 'invalid', fault: time.fault }
  if (time.kind === 'possible' || judged.kind === 'tolerated') return judged
  return { kind: 'tolerated', event: judged.event, fault: time.fault }
}

function judgeByPlan(event: RelayEvent, plan: TrackingPlan): Judgement {
  if (event.op === 'identify') {
    const definition = { ...plan.attributes, version: attributesVersion(plan) }
    return judge({ definition, event, data: event.attributes, root: 'attributes' })
  }
  // A profile operation has no definition.
  if (event.op !== 'track') return { kind: 'valid', event }
  const definition = findDefinition(plan, event.name)
  if (definition === undefined) return judgeUnknown(event, plan)
  return judge({ definition, event, data: event.data, root: 'data' })
}

/**
 * A version says that a producer's plan knows the event: the service was deployed before the worker, or the plan has dropped
 * the event while some waited. Nothing here tells which; the plan does, by its retired names.
 */
function judgeUnknown(event: TrackEvent, plan: TrackingPlan): Judgement {
  const { name } = event
  if (isRetired(plan, name)) {
    return { kind: 'invalid', fault: `the tracking plan has retired ${name}` }
  }
  if (plan.unknownEvents === 'strict' && isVersion(event.version)) {
    const fault = `a producer knows ${name}, the worker's tracking plan does not`
    const remedy = `${NEWER_REMEDY}, or name ${name} in its retired events`
    return { kind: 'newer', fault: `${fault}; ${remedy}` }
  }
  return withFault(event, plan.unknownEvents, `the tracking plan has no event ${name}`)
}

const NEWER_REMEDY = 'deploy a worker with the newer tracking plan'

function isVersion(version: unknown): boolean {
  return Number.isSafeInteger(version) && (version as number) >= 1
}

function judge(given: Case): Judgement {
  const { event, definition } = given
  const { version, checks } = definition
  const from = event.version ?? version
  if (!isVersion(from)) {
    return withFault(
      event,
      checks,
      `the version of ${eventLabel(event)} is not a whole number from 1`,
    )
  }
  if (from > version) {
    const fault = `it has version ${from} of ${eventLabel(event)}, the worker knows ${version}`
    return { kind: 'newer', fault: `${fault}; ${NEWER_REMEDY}` }
  }
  const brought = bringForward(given, from)
  if ('kind' in brought) return brought
  const judged = checkCase(brought)
  if (from === version || !('fault' in judged)) return judged
  return { ...judged, fault: `version ${from}, checked as version ${version}: ${judged.fault}` }
}

/** The case at the plan's version, or as near as upcasters bring it; a judgement when they cannot. */
function bringForward(given: Case, from: number): Case | Judgement {
  const { event, definition } = given
  const { version, upcasters, checks } = definition
  if (upcasters === undefined || from === version) return given
  const brought = upcastData(definition, given.data, from)
  switch (brought.kind) {
    case 'threw':
      return withFault(event, checks, brought.fault)
    case 'unusable':
      return { kind: 'invalid', fault: brought.fault }
    case 'data': {
      const { data } = brought
      return { ...given, data, event: withData(event, data, version) }
    }
  }
}

function withData(
  event: TrackEvent | IdentifyEvent,
  data: JsonObject,
  version: number,
): TrackEvent | IdentifyEvent {
  if (event.op === 'track') return { ...event, data, version }
  return { ...event, attributes: data, version }
}

function checkCase({ definition: { schema, checks }, event, data, root }: Case): Judgement {
  if (checks === 'off') return { kind: 'valid', event }
  const checked = checkData(schema, data, root)
  if (checked.kind === 'valid') return { kind: 'valid', event }
  return withFault(event, checks, checkMessage(eventLabel(event), checked))
}

function withFault(event: RelayEvent, checks: Checks | undefined, fault: string): Judgement {
  switch (checks) {
    case 'off':
      return { kind: 'valid', event }
    case 'warn':
      return { kind: 'tolerated', event, fault }
    case 'strict':
    case undefined:
      return { kind: 'invalid', fault }
  }
}
