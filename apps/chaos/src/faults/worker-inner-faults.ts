// What happens within worker processes: the hands that were loaded into them are told over the standard input.

import { limitProcess } from '@retention-relay/testkit'
import type { TestProcess } from '@retention-relay/testkit'

import type { Stage } from '../stage/stage.ts'
import { last } from './fault-action.ts'
import type { FaultAction } from './fault-action.ts'
import { slotOf } from './worker-faults.ts'

/** Those of the standard streams: what is closed cannot be opened again. */
const FEW_FILES = 3
const MANY_FILES = 1024

/** The event loop stands still. */
export const blockWorker: FaultAction = async (stage, { target, forMs }) => {
  const { name, process } = slotOf(stage, target)
  if (process === undefined) return 'skipped'
  stage.timeline.note(name, `its event loop stands still for ${forMs} ms`)
  order(process, { blockMs: forMs })
  return await last(stage, forMs)
}

/** Memory is taken until the heap's limit ends it. */
export const fillHeap: FaultAction = async (stage, { target, forMs }) => {
  const worker = slotOf(stage, target)
  if (worker.process === undefined) return 'skipped'
  stage.timeline.note(worker.name, 'fills its heap')
  await worker.crash((process) => order(process, { fillHeap: true }))
  await last(stage, forMs)
  return await worker.start()
}

/** The wall clock jumps, and jumps back. */
export const jumpClock: FaultAction = async (stage, { target, forMs, amount }) => {
  const { name, process } = slotOf(stage, target)
  if (process === undefined) return 'skipped'
  stage.timeline.note(name, `its clock jumps by ${amount} s`)
  order(process, { clockMs: amount * 1000 })
  await last(stage, forMs)
  order(process, { clockMs: 0 })
  return stage.timeline.note(name, 'its clock is right again')
}

/** No new file descriptors, just when new connections are needed. */
export const takeFiles: FaultAction = async (stage, { target, forMs }) => {
  const worker = slotOf(stage, target)
  const { name, process } = worker
  if (process === undefined) return 'skipped'
  stage.timeline.note(name, 'gets no more file descriptors, and its connections are cut')
  await limitProcess(process.pid, 'nofile', FEW_FILES)
  await cutConnectionsOf(stage, name)
  await worker.destination.cutAll()
  await last(stage, forMs)
  await limitProcess(process.pid, 'nofile', MANY_FILES)
  return stage.timeline.note(name, 'gets file descriptors again')
}

async function cutConnectionsOf({ redis }: Stage, who: string): Promise<void> {
  const own = redis.proxyOf(who)
  const proxies = own === undefined ? redis.proxies() : [own]
  await Promise.all(proxies.map((proxy) => proxy.cutAll()))
}

function order(process: TestProcess, what: object): void {
  process.stdin.write(`${JSON.stringify(what)}\n`)
}
