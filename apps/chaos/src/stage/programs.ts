// Where the programs of a run lie, seen from `src/stage` and from `dist/stage` alike. They run built, as they are shipped.

import { fileURLToPath } from 'node:url'

const root = new URL('../../../../', import.meta.url)

const inRepository = (path: string): string => fileURLToPath(new URL(path, root))

/** Programs and modules of a run. */
export const PROGRAMS = {
  mock: inRepository('packages/mock-customerio/dist/main.js'),
  worker: inRepository('apps/worker/dist/main.js'),
  /** The control: BullMQ's own Worker. */
  stock: inRepository('examples/dist/stock-worker.js'),
  producer: inRepository('apps/chaos/dist/producer-process.js'),
  /** What workers judge events by: the tracking plan of the load. */
  plan: inRepository('apps/chaos/dist/load/shop-plan.js'),
  /** Loaded into a worker before its own code. */
  hands: inRepository('apps/chaos/dist/worker-hands-process.js'),
} as const

/** Folder of the runs that failed. */
export const RUNS_FOLDER: string = inRepository('.relay/chaos')

/** The page that shows the results. */
export const README: string = inRepository('README.md')
