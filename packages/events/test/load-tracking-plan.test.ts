// A shop's plan by the path of its module.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { findDefinition, loadTrackingPlan, retentionPlan } from '../src/index.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-plan-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const PLAN = `{ events: { quiz: { name: 'quiz' } }, attributes: {}, unknownEvents: 'strict' }`

describe('the module of a plan', () => {
  it('is not needed: the shipped plan counts then', async () => {
    expect(await loadTrackingPlan(undefined)).toBe(retentionPlan)
  })

  it.each([
    ['default', `export default ${PLAN}`],
    ['trackingPlan', `export const trackingPlan = ${PLAN}`],
  ])('may give it as %s', async (name, text) => {
    const plan = await loadTrackingPlan(write(`${name}.mjs`, text))
    expect(findDefinition(plan, 'quiz')?.name).toBe('quiz')
  })

  it.each([
    ['is not there', undefined, /missing\.mjs cannot be loaded: .*missing\.mjs/],
    ['does not parse', 'export default {', /broken\.mjs cannot be loaded/],
    [
      'has another export',
      'export const plan = 1',
      /other\.mjs has no tracking plan.*defineTrackingPlan/,
    ],
  ])('that %s is refused, with its path and the reason', async (_what, text, message) => {
    const name = message.source.split('\\')[0]!
    const path = text === undefined ? join(folder, `${name}.mjs`) : write(`${name}.mjs`, text)
    const loading = loadTrackingPlan(path)
    await expect(loading).rejects.toMatchObject({ code: 'RELAY_CONFIG_INVALID' })
    await expect(loading).rejects.toThrow(message)
  })
})
