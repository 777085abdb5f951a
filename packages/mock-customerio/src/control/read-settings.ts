// Changed settings as JSON from the control API: known names with values of the right kind, or every
// complaint at once.
import type { MockSettings } from '../settings.ts'
import { isObject } from '../track/operation.ts'
import { isRuleList } from '../track/planted-rule.ts'

export type ReadSettings =
  | { kind: 'settings'; settings: Partial<MockSettings> }
  | { kind: 'invalid'; problems: string[] }

const EXPECTED: Record<keyof MockSettings, [string, (value: unknown) => boolean]> = {
  siteId: ['a text', isText],
  apiKey: ['a text', isText],
  region: ['us or eu', (value) => value === 'us' || value === 'eu'],
  latencyMs: ['a whole number from 0 up', (value) => isWhole(value, 0)],
  ratePerSecond: [
    'a whole number from 1 up, or null',
    (value) => value === null || isWhole(value, 1),
  ],
  rateRetryAfter: ['true or false', (value) => typeof value === 'boolean'],
  rejectWhen: ['a list of {name, field, equals, error?}', isRuleList],
}

export function readSettings(value: unknown): ReadSettings {
  if (!isObject(value)) return { kind: 'invalid', problems: ['settings are a JSON object'] }
  const problems = Object.entries(value)
    .map(([name, content]) => problemOf(name, content))
    .filter((problem) => problem !== null)
  if (problems.length > 0) return { kind: 'invalid', problems }
  return { kind: 'settings', settings: value }
}

function problemOf(name: string, content: unknown): string | null {
  if (!isSettingName(name))
    return `${name} is not a setting; known: ${Object.keys(EXPECTED).join(', ')}`
  const [expected, isFine] = EXPECTED[name]
  return isFine(content) ? null : `${name} must be ${expected}`
}

function isSettingName(name: string): name is keyof MockSettings {
  return Object.hasOwn(EXPECTED, name)
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= least
}
