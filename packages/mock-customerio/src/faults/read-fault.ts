// A fault as JSON from the control API, checked before it is put in force: a fault with a misspelt
// field would quietly do something else than the test believes. Out comes the fault or every
// complaint at once.
import { isObject } from '../track/operation.ts'
import { FAULT_KINDS, type Fault, type FaultKind } from './fault.ts'

export type ReadFault = { kind: 'fault'; fault: Fault } | { kind: 'invalid'; problems: string[] }

type Check = (value: unknown) => string | null

const SCOPE: Record<string, Check> = {
  times: wholeFrom(1),
  forMs: wholeFrom(1),
  every: wholeFrom(1),
  match: matchShape,
}

const FIELDS: Record<FaultKind, Record<string, Check>> = {
  slow: { delayMs: wholeFrom(0), trickleMs: wholeFrom(1) },
  hang: { apply: isBoolean },
  'reset-before': {},
  'reset-after': {},
  cut: {},
  answer: {
    status: statusCode,
    body: isText,
    contentType: isText,
    retryAfter: numberOrText,
    retryAfterDateMs: isNumber,
    apply: isBoolean,
  },
  redirect: { to: originUrl, status: oneOf([301, 302, 307, 308]) },
  html: { status: statusCode, apply: isBoolean },
  'half-json': { status: statusCode, apply: isBoolean },
  'item-errors': { indexes: indexList, status: statusCode, refuse: numberList, error: errorShape },
}

const REQUIRED: Partial<Record<FaultKind, string>> = {
  answer: 'status',
  redirect: 'to',
  'item-errors': 'indexes',
}

export function readFault(value: unknown): ReadFault {
  if (!isObject(value)) return { kind: 'invalid', problems: ['a fault is a JSON object'] }
  const kind = FAULT_KINDS.find((known) => known === value.kind)
  if (kind === undefined) {
    return { kind: 'invalid', problems: [`kind must be one of ${FAULT_KINDS.join(', ')}`] }
  }
  const problems = problemsOf(value, kind)
  if (problems.length > 0) return { kind: 'invalid', problems }
  return { kind: 'fault', fault: value as unknown as Fault }
}

function problemsOf(value: Record<string, unknown>, kind: FaultKind): string[] {
  const checks = { ...SCOPE, ...FIELDS[kind] }
  const problems = Object.entries(value)
    .filter(([name]) => name !== 'kind')
    .map(([name, content]) => fieldProblem(name, content, checks[name], kind))
  const required = REQUIRED[kind]
  if (required !== undefined && value[required] === undefined) {
    problems.push(`${required} is required by ${kind}`)
  }
  return problems.filter((problem) => problem !== null)
}

function fieldProblem(
  name: string,
  content: unknown,
  check: Check | undefined,
  kind: FaultKind,
): string | null {
  if (check === undefined) return `${name} is not a field of ${kind}`
  const expected = check(content)
  return expected === null ? null : `${name} must be ${expected}`
}

function wholeFrom(least: number): Check {
  const expected = `a whole number from ${least} up`
  return (value) => (Number.isSafeInteger(value) && Number(value) >= least ? null : expected)
}

function oneOf(values: number[]): Check {
  return (value) => (values.some((known) => known === value) ? null : `one of ${values.join(', ')}`)
}

function statusCode(value: unknown): string | null {
  const isStatus = Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599
  return isStatus ? null : 'a status from 200 to 599'
}

function isBoolean(value: unknown): string | null {
  return typeof value === 'boolean' ? null : 'true or false'
}

function isText(value: unknown): string | null {
  return typeof value === 'string' ? null : 'a text'
}

function isNumber(value: unknown): string | null {
  return Number.isFinite(value) ? null : 'a number'
}

function numberOrText(value: unknown): string | null {
  return typeof value === 'string' || Number.isFinite(value) ? null : 'a number or a text'
}

function originUrl(value: unknown): string | null {
  const isHttp = typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value)
  return isHttp ? null : 'an http or https address'
}

function numberList(value: unknown): string | null {
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'number')
  return isList ? null : 'a list of numbers'
}

function indexList(value: unknown): string | null {
  const isList = Array.isArray(value) && value.every(isIndex)
  return isList ? null : 'a list of numbers, texts and nulls'
}

function isIndex(item: unknown): boolean {
  return item === null || typeof item === 'number' || typeof item === 'string'
}

function matchShape(value: unknown): string | null {
  return textsNamed(value, ['method', 'path', 'eventName'])
}

function errorShape(value: unknown): string | null {
  return textsNamed(value, ['reason', 'field', 'message'])
}

function textsNamed(value: unknown, names: string[]): string | null {
  const expected = `an object of texts named ${names.join(', ')}`
  if (!isObject(value)) return expected
  const isFine = Object.entries(value).every(
    ([name, text]) => names.includes(name) && typeof text === 'string',
  )
  return isFine ? null : expected
}
