// A script that touches a key outside its KEYS must say so, or it runs half while a slot of a Cluster moves.

import { expect, it } from 'vitest'

import { customersScript } from '../src/drift/customers-script.ts'
import { shapesScript, watchedPlanScript, watchScript } from '../src/drift/drift-scripts.ts'
import { consumeScripts, identifiedScripts, leaseScripts } from '../src/index.ts'
import { pauseScripts, tombstoneScripts } from '../src/index.ts'
import { liveWorkersScript } from '../src/status/live-workers-script.ts'
import { snapshotScript } from '../src/status/snapshot-script.ts'

const SCRIPTS = [
  ...consumeScripts,
  ...leaseScripts,
  ...pauseScripts,
  ...tombstoneScripts,
  ...identifiedScripts,
  customersScript,
  shapesScript,
  watchedPlanScript,
  watchScript,
  liveWorkersScript,
  snapshotScript,
]

/** What a command of the script may name as its key: one of its KEYS, or a local variable that is one of them. */
const declaredNames = (lua: string): RegExp[] => [
  /^KEYS\[[^\]]+\]$/,
  ...[...lua.matchAll(/local (\w+) = KEYS\[[^\]]+\]$/gm)].map(
    ([, name]) => new RegExp(`^${name}$`),
  ),
  ...[...lua.matchAll(/for _, (\w+) in ipairs\(KEYS\)/g)].map(
    ([, name]) => new RegExp(`^${name}$`),
  ),
]

const madeNames = (lua: string): string[] => {
  const calls = [...lua.matchAll(/redis\.p?call\((?!'(?:TIME|INFO)')[^,]+, ([^,)]+)/g)]
  const named = calls.map(([, key = '']) => key.trim())
  return named.filter((key) => !declaredNames(lua).some((declared) => declared.test(key)))
}

it.each(SCRIPTS.map((script) => [script.name, script] as const))(
  '%s reaches as far as it says',
  (_, { lua, reach }) => {
    expect(madeNames(lua).length > 0 ? 'slot' : 'keys').toBe(reach)
  },
)
