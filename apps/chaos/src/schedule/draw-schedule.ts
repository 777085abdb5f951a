// Draws a run from its seed: what stands on the machine, what the shop does, and what goes wrong when.

import { DISTURBING, FAULTS } from './fault-table.ts'
import type { FaultKind, FaultRow, Lane } from './fault-table.ts'
import { Random } from '@retention-relay/testkit'
import type { Load, PlannedFault, Schedule, Topology } from './schedule.ts'

/** Quiet before a lane's first fault and between two of them, in milliseconds. */
const GAPS_MS: Record<Lane, readonly [from: number, to: number]> = {
  worker: [1000, 9000],
  fleet: [1500, 6000],
  producer: [1000, 12_000],
  redis: [1500, 6000],
  network: [500, 5000],
  destination: [500, 5000],
}

/** Mostly a single Redis, since it is the commonest and starts at once. */
const TOPOLOGIES: readonly { readonly weight: number; readonly topology: Topology }[] = [
  { weight: 6, topology: { kind: 'standalone' } },
  { weight: 2, topology: { kind: 'sentinel' } },
  { weight: 1, topology: { kind: 'cluster', masters: 3 } },
  { weight: 1, topology: { kind: 'cluster', masters: 6 } },
]

/** Runs whose workers join, leave and die all together. */
const FLEET_CHANCE = 0.2

/** Runs in which nothing hits the workers or their Redis, so that all counts must be equal at the end. */
const CALM_CHANCE = 0.1

/** The run of a seed. */
export function drawSchedule(seed: number, loadMs: number): Schedule {
  const random = new Random(seed, 'stage')
  const { topology } = random.weighted(TOPOLOGIES)
  const workers = random.whole(2, 3)
  const load = drawLoad(random, loadMs)
  return {
    seed,
    topology,
    partitions: random.pick([4, 8, 16]),
    workers,
    rateLimit: random.pick([100, 200, 400]),
    latencyMs: random.pick([5, 30, 120]),
    load,
    faults: drawFaults(seed, { topology, workers, load }),
  }
}

function drawLoad(random: Random, forMs: number): Load {
  return {
    forMs,
    producers: random.whole(1, 3),
    sharedCustomers: random.whole(5, 15),
    ownCustomers: random.whole(20, 60),
    eventsPerSecond: random.whole(80, 200),
    backlog: random.chance(0.5) ? random.whole(100, 400) : 0,
    maxPendingEvents: random.pick([10_000, 100]),
  }
}

type Ground = Pick<Schedule, 'topology' | 'workers' | 'load'>

function drawFaults(seed: number, ground: Ground): PlannedFault[] {
  // One or the other: both would act on the same processes.
  const isFleet = new Random(seed, 'fleet').chance(FLEET_CHANCE)
  const isCalm = new Random(seed, 'calm').chance(CALM_CHANCE)
  const targets: readonly (readonly [Lane, number])[] = [
    isFleet ? ['fleet', 1] : ['worker', ground.workers],
    ['producer', ground.load.producers],
    ['redis', 1],
    ['network', 1],
    ['destination', 1],
  ]
  const faults = targets
    .filter(([lane]) => !isCalm || !DISTURBING.includes(lane))
    .flatMap(([lane, count]) =>
      Array.from({ length: count }, (_, target) => drawLane({ seed, lane, target, ground })),
    )
  return faults.flat().toSorted((one, other) => one.atMs - other.atMs)
}

interface LanePlace {
  readonly seed: number
  readonly lane: Lane
  readonly target: number
  readonly ground: Ground
}

function drawLane({ seed, lane, target, ground }: LanePlace): PlannedFault[] {
  const random = new Random(seed, `${lane}-${target}`)
  const rows = rowsOf(lane, ground.topology)
  const faults: PlannedFault[] = []
  if (rows.length === 0) return faults
  for (let atMs = random.whole(...GAPS_MS[lane]); atMs < ground.load.forMs;) {
    const { kind, forMs, amount = [0, 0] } = random.weighted(rows)
    const fault = {
      kind,
      target,
      atMs,
      forMs: random.whole(...forMs),
      amount: random.whole(...amount),
    }
    faults.push(fault)
    atMs += fault.forMs + random.whole(...GAPS_MS[lane])
  }
  return faults
}

function rowsOf(lane: Lane, topology: Topology): (FaultRow & { kind: FaultKind })[] {
  const rows = Object.entries(FAULTS) as [FaultKind, FaultRow][]
  return rows
    .filter(([, row]) => row.lane === lane)
    .filter(([, { topologies }]) => topologies?.includes(topology.kind) ?? true)
    .filter(([, { replicated }]) => replicated !== true || isReplicated(topology))
    .map(([kind, row]) => ({ ...row, kind }))
}

function isReplicated(topology: Topology): boolean {
  return topology.kind === 'sentinel' || (topology.kind === 'cluster' && topology.masters === 3)
}
