// relay workspace rebind SITE_ID: binds the namespace to another Customer.io workspace.

import { rebindWorkspace } from '@retention-relay/ops'

import { EXIT } from '../exit-codes.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG, NAMESPACE_FLAG } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'
import { unknownNamespace, withRelay } from '../with-relay.ts'

/** The verb. */
export const workspaceRebindVerb: Verb = {
  name: 'workspace rebind',
  positionals: ['SITE_ID'],
  flags: [JSON_FLAG, NAMESPACE_FLAG],
  summary: 'Bind the namespace to the Customer.io workspace with this site id.',
  run: workspaceRebind,
}

async function workspaceRebind(args: Arguments, surroundings: Surroundings): Promise<number> {
  const [siteId = ''] = args.positionals
  const { result, namespace } = await withRelay(args, surroundings, async (relay) => {
    const ended = await rebindWorkspace(relay.connection, relay.namespace, siteId)
    if (ended === null) throw unknownNamespace(relay.namespace)
    return { result: ended, namespace: relay.namespace }
  })
  if (args.flags['json'] === true) writeJson(surroundings.out, { namespace, result })
  else surroundings.out.write(`${TEXT[result].replace('NAMESPACE', namespace)}\n`)
  return EXIT.ok
}

const TEXT = {
  rebound: 'NAMESPACE is bound to that workspace now; start its workers with these credentials',
  was_bound: 'NAMESPACE was bound to that workspace already',
}
