// Three projects: `unit` (pure), `redis` (a private Redis per file), `e2e` (real processes).
import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['relay-source'] }
const ssr = { resolve: { conditions: ['relay-source'], externalConditions: ['relay-source'] } }
const where = ['packages/*/test/**', 'apps/*/test/**']
// Pure tests go first, then those with a real Redis, two files at a time; real processes get the machine to themselves.
const pure = { maxWorkers: 2, sequence: { groupOrder: 0 } }
const served = { maxWorkers: 2, sequence: { groupOrder: 1 } }
const real = { maxWorkers: 1, sequence: { groupOrder: 2 } }
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
          include: files('.e2e'),
          globalSetup: './scripts/build-for-tests.mjs',
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
