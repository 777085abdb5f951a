// What is wrong with a tracking plan, all of it at once. A plan may come from a module that no compiler has seen, and from
// another copy of this package and of zod, so it is judged by what it holds and not by who made it.

import { checksFaults, definitionFaults, eventFaults, isObject } from './definition-faults.ts'
import { EVENT_OPS } from './event.ts'
import { LIMITS } from './limits.ts'

const OPERATIONS: readonly string[] = EVENT_OPS

/** One sentence for each fault, with what to do; none for a plan that can be used. */
export function planFaults(plan: unknown): readonly string[] {
  if (!isObject(plan)) return ['A plan is an object.']
  const { events, attributes, unknownEvents, retired = [] } = plan
  return [
    ...eventsFaults(events, retired),
    ...attributesFaults(attributes),
    ...checksFaults('unknownEvents', unknownEvents),
    ...retiredFaults(retired, events),
  ]
}

function eventsFaults(events: unknown, retired: unknown): readonly string[] {
  if (!isObject(events)) return ['events must hold each definition under its name.']
  return Object.entries(events).flatMap(([name, definition]) => {
    if (!isObject(definition)) return [`${name} must be what defineEvent returns.`]
    return [
      ...nameFaults(name, definition['name']),
      ...definitionFaults(name, definition['version'], definition),
      ...eventFaults(name, definition, { events, retired }),
    ]
  })
}

/** Metrics and people call a profile operation by its kind, and would take an event of that name for one. */
function nameFaults(name: string, own: unknown): readonly string[] {
  return [
    ...(own === name ? [] : [`What stands under ${name} must have that name.`]),
    ...(OPERATIONS.includes(name)
      ? [`No event may be called ${name}, as an operation is: give it another name.`]
      : []),
    ...(name.trim() !== '' && Buffer.byteLength(name, 'utf8') <= LIMITS.eventNameBytes
      ? []
      : [
          `No event may be called '${name}': give it a name that is not empty, of at most ${LIMITS.eventNameBytes} bytes.`,
        ]),
  ]
}

function attributesFaults(attributes: unknown): readonly string[] {
  if (!isObject(attributes)) return ['The attributes must be what defineAttributes returns.']
  return definitionFaults('the attributes', attributes['version'] ?? 1, attributes)
}

function retiredFaults(retired: unknown, events: unknown): readonly string[] {
  if (!Array.isArray(retired) || !retired.every((name) => typeof name === 'string')) {
    return ['retired must be a list of names of events.']
  }
  const kept = retired.filter((name) => isObject(events) && Object.hasOwn(events, name))
  return kept.map((name) => `${name} is retired and stands in it: leave one out.`)
}
