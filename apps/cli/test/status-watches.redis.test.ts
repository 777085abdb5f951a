// What relay status says of the watches of events.

import { defineTrackingPlan, retentionPlan } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { sectionOf, shapeOf } from './cli-doc.ts'
import type { Ended } from './run-relay.ts'
import { CART, seenEvents } from './seen-events.ts'

const { value, ...RENAMED } = CART

const watchesOf = ({ stdout }: Ended): unknown =>
  (JSON.parse(stdout) as { watches: unknown }).watches

test('a status of calm watches says so', async () => {
  const { run, see, seeShape } = await seenEvents()
  await see(50, CART)
  await seeShape('integer', 50)
  const { code, stdout } = await run('status')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^drift {6}none {2}\(of the last 7 days\)$/m)
  expect(stdout).not.toMatch(/^ids/m)
  const calm = {
    kind: 'read',
    isOtherPlan: false,
    findings: 0,
    critical: 0,
    gravest: [],
    secondShapes: [],
  }
  expect(watchesOf(await run('status --json'))).toEqual(calm)
})

test('a status counts what drifts, tells the gravest with critical fields first, and is no fault of the relay', async () => {
  const { run, see } = await seenEvents()
  await see(50, CART, 'shop@1')
  await see(20, { ...RENAMED, cartTotal: value, other: 1, more: 2 }, 'shop@2')
  const { code, stdout } = await run('status')
  expect(code).toBe(0)
  const lines = stdout.split('\n')
  const at = lines.indexOf('drift      4 findings, 1 critical: relay plan drift shows all')
  expect(lines.slice(at + 1)).toEqual([
    '           vanished (critical): value of cart_updated, from shop@2',
    '           unknown: cartTotal of cart_updated, from shop@2',
    '           unknown: more of cart_updated, from shop@2',
    '',
  ])
  expect(watchesOf(await run('status --json'))).toMatchObject({
    findings: 4,
    critical: 1,
    gravest: [{ field: 'value', critical: true }, { field: 'cartTotal' }, { field: 'more' }],
  })
})

test('the findings of a status are those of relay plan drift', async () => {
  const { run, see } = await seenEvents()
  await see(50, CART, 'shop@1')
  await see(20, { ...RENAMED, cartTotal: value }, 'shop@2')
  const { findings } = JSON.parse((await run('plan drift --json')).stdout) as { findings: object[] }
  expect(findings).toHaveLength(2)
  expect(watchesOf(await run('status --json'))).toMatchObject({ gravest: findings })
})

test('a status names a second shape of customer ids', async () => {
  const { run, seeShape } = await seenEvents()
  await seeShape('integer', 50)
  await seeShape('gid://shopify/Customer/*', 3)
  expect((await run('status')).stdout).toMatch(
    /^ids {8}second shape gid:\/\/shopify\/Customer\/\*: .* relay plan drift shows all$/m,
  )
  const { secondShapes } = watchesOf(await run('status --json')) as { secondShapes: string[] }
  expect(secondShapes).toEqual(['gid://shopify/Customer/*'])
})

test('a status and the drift compared with another plan than the workers have say so', async () => {
  const { run, watchBy } = await seenEvents()
  await watchBy(retentionPlan)
  expect((await run('status')).stdout).not.toMatch(/^plan/m)
  expect((await run('plan drift')).stdout).toMatch(/^nothing has changed/)

  await watchBy(defineTrackingPlan({ extends: retentionPlan, events: [], unknownEvents: 'warn' }))
  expect(watchesOf(await run('status --json'))).toMatchObject({ isOtherPlan: false })
  const event = { ...retentionPlan.events.order_placed, version: 2 }
  await watchBy(defineTrackingPlan({ extends: retentionPlan, events: [event] }))
  const remedy = 'the workers have another tracking plan; set RELAY_TRACKING_PLAN to theirs'
  expect((await run('status')).stdout).toContain(`plan       another one: ${remedy}`)
  expect((await run('plan drift')).stdout).toMatch(new RegExp(`^${remedy}`))
  expect(watchesOf(await run('status --json'))).toMatchObject({ isOtherPlan: true })
  expect(JSON.parse((await run('plan drift --json')).stdout)).toMatchObject({ isOtherPlan: true })
})

test('a tracking plan that cannot be loaded leaves the rest of the status', async () => {
  const { run } = await seenEvents()
  const env = { RELAY_TRACKING_PLAN: '/nowhere/plan.mjs' }
  const { code, stdout } = await run('status', env)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^counts {5}add up/m)
  expect(stdout).toMatch(/^drift {6}cannot be told: RELAY_TRACKING_PLAN: \/nowhere\/plan\.mjs /m)
  expect(watchesOf(await run('status --json', env))).toMatchObject({ kind: 'unknown' })
})

test('the watches of a status have the shape that docs/cli.md shows', async () => {
  const { run, see, seeShape } = await seenEvents()
  await see(50, CART, 'shop@1')
  await see(20, RENAMED, 'shop@2')
  await seeShape('integer', 50)
  await seeShape('uuid', 3)
  const { watches } = sectionOf('relay status').examples.at(0) as { watches: unknown }
  expect(shapeOf(watchesOf(await run('status --json')))).toEqual(shapeOf(watches))
})
