// Rules that refuse events which are well-formed, as Customer.io refuses for reasons that a sender
// cannot check beforehand. `npm start` plants one, so that its reader sees a dead letter.
import { isEvent, isObject, type ItemError, type Operation } from './operation.ts'

/** Refuses events named `name` whose `field` equals `equals`. */
export interface PlantedRule {
  name: string
  /** `data.coupon` or `attributes.coupon`, which mean the same; deeper with further dots. */
  field: string
  equals: string | number | boolean | null
  /** What is reported; by default reason `invalid`, the field as v2 names it, and a message. */
  error?: { reason?: string; field?: string; message?: string }
}

/** The error of the first rule that the operation meets, or null. */
export function plantedRefusal(rules: PlantedRule[], operation: Operation): ItemError | null {
  if (rules.length === 0 || !isEvent(operation.action)) return null
  const rule = rules.find((candidate) => isMet(candidate, operation))
  if (rule === undefined) return null
  return {
    reason: rule.error?.reason ?? 'invalid',
    field: rule.error?.field ?? `attributes.${payloadPath(rule.field)}`,
    message: rule.error?.message ?? `refused by a planted rule for ${rule.name}`,
  }
}

/** Whether JSON from the control API is a list of rules. */
export function isRuleList(value: unknown): value is PlantedRule[] {
  return Array.isArray(value) && value.every(isRule)
}

function isRule(value: unknown): boolean {
  if (!isObject(value) || typeof value.name !== 'string' || typeof value.field !== 'string') {
    return false
  }
  const { equals, error } = value
  const isScalar = equals === null || ['string', 'number', 'boolean'].includes(typeof equals)
  return isScalar && (error === undefined || isObject(error))
}

function isMet(rule: PlantedRule, { name, attributes }: Operation): boolean {
  return rule.name === name && readPath(attributes, payloadPath(rule.field)) === rule.equals
}

function payloadPath(field: string): string {
  return field.replace(/^(data|attributes)\./, '')
}

/** A key that holds dots comes before a path of keys: Customer.io has dotted keys. */
function readPath(payload: unknown, path: string): unknown {
  if (!isObject(payload)) return undefined
  if (Object.hasOwn(payload, path)) return payload[path]
  const dot = path.indexOf('.')
  return dot < 0 ? undefined : readPath(payload[path.slice(0, dot)], path.slice(dot + 1))
}
