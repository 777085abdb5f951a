// Three projects: `unit` (pure), `redis` (a private Redis per file), `e2e` (real processes).
import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['relay-source'] }
const ssr = { resolve: { conditions: ['relay-source'], externalConditions: ['relay-source'] } }
const where = ['packages/*/test/**', 'apps/*/test/**']
// Real processes get the machine to themselves; the other projects share its two cores, and go first.
const together = { maxWorkers: 2, sequence: { groupOrder: 0 } }
const alone = { maxWorkers: 1, sequence: { groupOrder: 1 } }
const files = (suffix: string): string[] => where.map((folder) => `${folder}/*${suffix}.test.ts`)

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          ...together,
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
          ...together,
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
          ...alone,
          include: files('.e2e'),
          globalSetup: './scripts/build-for-tests.mjs',
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
