// Looks at a master and its replicas for as long as a run lasts: a failover may have been made by a fault that was meant
// for something else, or by a machine that stood still.

import { redisCommand } from '@retention-relay/testkit'
import type { Period, TestRedis } from '@retention-relay/testkit'

import { FailoverPeriods } from './failover-periods.ts'
import type { NodeView } from './failover-periods.ts'

const LOOK_MS = 100

/** A link that is silent for longer may be one that stands still, in seconds. */
const MOST_SILENT_S = 1

/** Watches from now on. */
export class FailoverWatch {
  readonly #views: NodeView[]
  readonly #periods: FailoverPeriods
  readonly #timer: NodeJS.Timeout

  /** The first node is the master. */
  constructor(nodes: readonly TestRedis[]) {
    this.#views = nodes.map((_, node) => (node === 0 ? 'master' : 'replica_in_step'))
    this.#periods = new FailoverPeriods(nodes.length, Date.now())
    const asked = nodes.map(() => false)
    this.#timer = setInterval(() => {
      this.#periods.see(this.#views, Date.now())
      for (const [index, { port = 0 }] of nodes.entries()) {
        // One that stands still is asked no second time.
        if (asked[index] === true) continue
        asked[index] = true
        void viewOf(port).then((view) => {
          this.#views[index] = view
          asked[index] = false
        })
      }
    }, LOOK_MS)
  }

  /** Ends it. */
  stop(): void {
    clearInterval(this.#timer)
  }

  /** What was seen until now. */
  get periods(): readonly Period[] {
    return this.#periods.until(Date.now())
  }
}

async function viewOf(port: number): Promise<NodeView> {
  const info = await redisCommand(port, 'INFO replication').catch(() => '')
  if (info.includes('role:master')) return 'master'
  if (!info.includes('role:slave')) return undefined
  const silentS = Number(/master_last_io_seconds_ago:(-?\d+)/.exec(info)?.[1] ?? -1)
  const isLinked =
    info.includes('master_link_status:up') && silentS >= 0 && silentS <= MOST_SILENT_S
  return isLinked ? 'replica_in_step' : 'replica_behind'
}
