// Which workers are alive, as their registry tells.

import type { ScriptRunner } from '../connection/script.ts'
import { replyText } from '../connection/script.ts'
import { namespaceKeys } from '../keys.ts'
import { liveWorkersScript } from './live-workers-script.ts'

/** Ids of the live workers, in byte order. The runner must have loaded `statusScripts`. */
export async function readLiveWorkers(
  runner: ScriptRunner,
  namespace: string,
): Promise<readonly string[]> {
  const reply = await runner.run(liveWorkersScript, [namespaceKeys(namespace).workers], [])
  return (reply as unknown[]).map((id) => replyText(id)).toSorted()
}
