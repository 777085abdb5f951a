// Four projects: `unit` (pure), `redis` (a private Redis per file), `e2e` (real processes), and `e2e-alone` for those of the
// last kind that load the machine.
import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['relay-source'] }
const ssr = { resolve: { conditions: ['relay-source'], externalConditions: ['relay-source'] } }
const where = ['packages/*/test/**', 'apps/*/test/**']
// Two files at a time: pure tests first, then those with a real Redis, then real processes, which wait more than they compute.
const pure = { maxWorkers: 2, sequence: { groupOrder: 0 } }
const served = { maxWorkers: 2, sequence: { groupOrder: 1 } }
const real = { maxWorkers: 2, sequence: { groupOrder: 2 } }
const alone = { maxWorkers: 1, sequence: { groupOrder: 3 } }
/** Whole fault runs, a hundred thousand events, installs and builds: these get the machine to themselves. */
const heavy = [
  'apps/chaos/test/chaos.e2e.test.ts',
  'apps/local/test/fuzz.e2e.test.ts',
  'apps/local/test/two-workers.e2e.test.ts',
  'apps/mutants/test/repository-bench.e2e.test.ts',
  'apps/worker/test/image/worker-image.e2e.test.ts',
  'apps/worker/test/memory.e2e.test.ts',
  'packages/producer/test/pack.e2e.test.ts',
  'packages/testkit/test/first-run.e2e.test.ts',
]
const processes = {
  globalSetup: './scripts/build-for-tests.mjs',
  testTimeout: 180_000,
  hookTimeout: 60_000,
}
const files = (suffix: string): string[] => where.map((folder) => `${folder}/*${suffix}.test.ts`)

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          ...pure,
          include: files(''),
          exclude: [...files('.redis'), ...files('.e2e')],
          testTimeout: 30_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'redis',
          ...served,
          include: files('.redis'),
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'e2e',
          ...real,
          ...processes,
          include: files('.e2e'),
          exclude: heavy,
        },
      },
      {
        resolve,
        ssr,
        test: { name: 'e2e-alone', ...alone, ...processes, include: heavy },
      },
    ],
  },
})
