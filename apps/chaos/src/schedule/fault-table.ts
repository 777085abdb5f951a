// Every kind of fault: what it hits, how likely it is, how long it lasts and how much of it there is. Faults of one
// target never overlap; those of different targets do, and that is what the runs are for.

import type { Topology } from './schedule.ts'

/** What a fault hits. Each worker and each producer is a target of its own; `fleet` is all workers together. */
export type Lane = 'worker' | 'fleet' | 'producer' | 'redis' | 'network' | 'destination'

/** Faults of these lanes hit a worker, its Redis or a link of either. */
export const DISTURBING: readonly Lane[] = ['worker', 'fleet', 'redis', 'network']

type Range = readonly [from: number, to: number]

/** One kind. */
export interface FaultRow {
  readonly lane: Lane
  readonly weight: number
  readonly forMs: Range
  /** Meaning stands beside the row. */
  readonly amount?: Range
  /** Default: everywhere. */
  readonly topologies?: readonly Topology['kind'][]
  /** Only where each master has a replica. */
  readonly replicated?: true
}

const ALONE: readonly Topology['kind'][] = ['standalone']
const SENTINEL: readonly Topology['kind'][] = ['sentinel']
const CLUSTER: readonly Topology['kind'][] = ['cluster']

/** All kinds. */
export const FAULTS = {
  /** SIGKILL; another one starts after the time. */
  worker_killed: { lane: 'worker', weight: 4, forMs: [300, 3000] },
  /** SIGTERM while the destination hangs; another one starts at once. */
  worker_stopped_hanging: { lane: 'worker', weight: 2, forMs: [0, 0] },
  /** SIGSTOP beyond its lease, then SIGCONT. */
  worker_frozen: { lane: 'worker', weight: 2, forMs: [10_500, 12_500] },
  /** The event loop stands still. */
  worker_blocked: { lane: 'worker', weight: 2, forMs: [1500, 5000] },
  /** The heap's limit ends it; another one starts after the time. */
  worker_heap_full: { lane: 'worker', weight: 1, forMs: [300, 1500] },
  /** No new file descriptors while its connections are cut. */
  worker_out_of_files: { lane: 'worker', weight: 1, forMs: [1500, 4000] },
  /** Amount: seconds that the wall clock is ahead for the time. */
  worker_clock_jumps: { lane: 'worker', weight: 2, forMs: [2000, 6000], amount: [-7200, 7200] },

  /** All at once, by SIGKILL; all start again after the time. */
  fleet_killed: { lane: 'fleet', weight: 1, forMs: [500, 3000] },
  /** All at once, by SIGTERM. */
  fleet_stopped: { lane: 'fleet', weight: 1, forMs: [200, 2000] },
  /** A newer job or event comes, is held for the time, and each worker in turn is replaced by one that reads it; older ones come meanwhile. */
  fleet_upgraded: { lane: 'fleet', weight: 2, forMs: [1000, 3000] },
  /** One more joins, and leaves after the time. */
  fleet_joined: { lane: 'fleet', weight: 2, forMs: [2000, 5000] },

  /** SIGKILL, between commit and answer where it so falls; another one says the same again. */
  producer_killed: { lane: 'producer', weight: 3, forMs: [100, 1000] },
  /** Told to close while Redis does not answer it; what it had sent arrives later. */
  producer_closed_hanging: {
    lane: 'producer',
    weight: 1,
    forMs: [500, 1000],
    topologies: ALONE,
  },

  redis_killed: { lane: 'redis', weight: 4, forMs: [200, 2500], topologies: ALONE },
  redis_away: { lane: 'redis', weight: 1, forMs: [6000, 9000], topologies: ALONE },
  /** SIGSTOP; connections stay open and nothing is answered. */
  redis_frozen: { lane: 'redis', weight: 3, forMs: [2000, 11_000], topologies: ALONE },
  /** `maxmemory` is what is in use. */
  redis_memory_full: { lane: 'redis', weight: 2, forMs: [2000, 4000], topologies: ALONE },
  /** No more bytes in the append-only file: with `appendfsync always` Redis ends. */
  redis_disk_full: { lane: 'redis', weight: 1, forMs: [1000, 2500], topologies: ALONE },
  /** The same with `everysec`: it goes on and refuses writes. */
  redis_disk_full_everysec: {
    lane: 'redis',
    weight: 1,
    forMs: [1500, 3500],
    topologies: ALONE,
  },
  /** The password changes, connections are cut, and the old one is good again after the time. */
  redis_password_changed: { lane: 'redis', weight: 1, forMs: [1000, 3000], topologies: ALONE },
  /** The master is made a replica of nobody: reads are answered, writes are refused. Sentinels make the other one master. */
  redis_read_only: {
    lane: 'redis',
    weight: 1,
    forMs: [1000, 3000],
    topologies: ['standalone', 'sentinel'],
  },

  /** It comes back with nothing: what was acknowledged before may be lost, and a worker must say so loudly. */
  redis_emptied: { lane: 'redis', weight: 1, forMs: [300, 1000], topologies: ALONE },

  /** The replica is made master; the old one comes back after the time. */
  sentinel_master_killed: { lane: 'redis', weight: 2, forMs: [3000, 5000], topologies: SENTINEL },
  /** As before, and the old master wakes up believing that it is one. */
  sentinel_master_frozen: { lane: 'redis', weight: 2, forMs: [3000, 5000], topologies: SENTINEL },

  /** Amount: number of the node. It comes back after the time. */
  cluster_node_killed: {
    lane: 'redis',
    weight: 2,
    forMs: [500, 4000],
    amount: [0, 5],
    topologies: CLUSTER,
  },
  /** Amount: number of the master. It comes back when its replica has long been made master. */
  cluster_master_killed: {
    lane: 'redis',
    weight: 3,
    forMs: [4000, 6000],
    amount: [0, 2],
    topologies: CLUSTER,
    replicated: true,
  },
  cluster_node_frozen: {
    lane: 'redis',
    weight: 2,
    forMs: [500, 4000],
    amount: [0, 5],
    topologies: CLUSTER,
  },
  /** Amount: number of a partition, modulo their count. Its slot moves to another master. */
  cluster_slot_moved: {
    lane: 'redis',
    weight: 2,
    forMs: [200, 1000],
    amount: [0, 63],
    topologies: CLUSTER,
  },

  /** Amount: connections cut one after another: before a command, in the middle of it, or when it was carried out. */
  redis_cuts: { lane: 'network', weight: 4, forMs: [1500, 4000], amount: [5, 25] },
  /** Every connection to Redis at once. */
  redis_cut_all: { lane: 'network', weight: 2, forMs: [0, 0] },
  /** Amount: milliseconds more in each direction. */
  redis_slow: { lane: 'network', weight: 2, forMs: [2000, 5000], amount: [10, 150] },
  /** Amount: number of the proxy. What is sent arrives after the time, when its sender has given it up. */
  redis_held: { lane: 'network', weight: 2, forMs: [1000, 8000], amount: [0, 63] },

  destination_502: { lane: 'destination', weight: 3, forMs: [1500, 6000] },
  /** Amount: seconds in `Retry-After`, 0 for none. */
  destination_429: { lane: 'destination', weight: 2, forMs: [500, 2500], amount: [0, 2] },
  /** Requests of the time are never answered. */
  destination_hangs: { lane: 'destination', weight: 1, forMs: [200, 800] },
  /** Nothing is applied. */
  destination_resets: { lane: 'destination', weight: 2, forMs: [500, 2500] },
  /** Everything is applied, and nothing is answered. */
  destination_unknown: { lane: 'destination', weight: 3, forMs: [500, 2500] },
  /** A captive portal's page with status 200. */
  destination_html: { lane: 'destination', weight: 1, forMs: [500, 2500] },
  destination_401: { lane: 'destination', weight: 2, forMs: [1500, 6000] },
} as const satisfies Record<string, FaultRow>

/** A kind of fault. */
export type FaultKind = keyof typeof FAULTS
