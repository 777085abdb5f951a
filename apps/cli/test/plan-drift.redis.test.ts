// relay plan drift on what workers have stored.

import { expect, test } from 'vitest'

import { sectionOf, shapeOf } from './cli-doc.ts'
import { CART, seenEvents } from './seen-events.ts'

test('what has changed is a table, the critical field first, and an exit code', async () => {
  const { run, see, seeShape } = await seenEvents()
  await see(50, CART)
  await seeShape('integer', 50)
  const calm = await run('plan drift')
  expect(calm).toMatchObject({ code: 0, stderr: '' })
  expect(calm.stdout).toMatch(/^nothing has changed in the last 7 days$/m)
  expect(calm.stdout).toMatch(/^customer ids integer: 50 events since /m)

  const { value, ...renamed } = CART
  await see(20, { ...renamed, cartTotal: value, items: '' })
  await seeShape('gid://shopify/Customer/*', 3)
  const changed = await run('plan drift cart_updated')
  expect(changed).toMatchObject({ code: 1, stderr: '' })
  const [head, ...lines] = changed.stdout.split('\n')
  expect(head).toMatch(/^finding +event +producer +field +since +what$/)
  expect(lines[0]).toMatch(
    /^vanished \(critical\) +cart_updated +unknown +value .* the plan requires it; it is in none of the last 20$/,
  )
  expect(lines.slice(1, 3).map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
    ['type (critical)', 'cart_updated', 'unknown', 'items'],
    ['unknown', 'cart_updated', 'unknown', 'cartTotal'],
  ])
  expect(changed.stdout).toMatch(/^cart_updated of unknown: 70 events looked at$/m)
  expect(changed.stdout).toMatch(/^items +array or string +100 % +100 % /m)
  expect(changed.stdout).toMatch(/^cartTotal +number +29 % +0 % /m)
  expect(changed.stdout).toMatch(/gid:.*: 3 events since .* second shape: some surface /)
})

test('only the events of the name are told, and nothing of a namespace that is not there', async () => {
  const { run, see } = await seenEvents()
  await see(50, CART)
  const { value: _, ...less } = CART
  await see(20, less)
  const other = await run('plan drift order_placed')
  expect(other.code).toBe(0)
  expect(other.stdout).toMatch(/nothing has changed/)
  expect(other.stdout).toMatch(/^no event order_placed was seen in the last 14 days$/m)
  expect(await run('plan drift --namespace nowhere')).toMatchObject({ code: 1, stdout: '' })
})

test('the JSON object has the shape that docs/cli.md shows', async () => {
  const { run, see, seeShape } = await seenEvents()
  await see(50, CART, 'shop@1')
  await see(20, { ...CART, value: '19.90' }, 'shop@1')
  await seeShape('integer', 70)
  const { stdout } = await run('plan drift --json')
  const [example] = sectionOf('relay plan drift').examples
  expect(shapeOf(JSON.parse(stdout))).toEqual(shapeOf(example))
})
