// Sessions: in sync with Redis, within the bounds of memory.

import type { Mutant } from '../mutant.ts'

const CLAIM_JOBS = 'packages/delivery/src/claim-jobs.ts'

const DRAIN_SESSION_TEST = 'packages/delivery/test/drain-session.test.ts'
const CONSUMER_TEST = 'packages/delivery/test/consumer.test.ts'
const BYTE_BUDGET_TEST = 'packages/delivery/test/byte-budget.test.ts'

export const sessionMutants: readonly Mutant[] = [
  {
    name: 'failed-claim-passed-over',
    breaks: 'After a claim without an answer the consumer goes on as if nothing had been claimed.',
    file: CLAIM_JOBS,
    find: `    } catch (cause) {
      fail(cause)
    }`,
    replace: `    } catch {
      await clock.sleep(50, ended)
    }`,
    test: {
      file: DRAIN_SESSION_TEST,
      name: 'a claim that fails before it took effect costs nothing and doubles nothing',
    },
  },
  {
    name: 'session-in-sync-whatever-is-active',
    breaks: 'Jobs that the consumer does not hold stay in active for ever.',
    file: CLAIM_JOBS,
    find: '        fail(`${reply.active} jobs are active, not those that are held`)',
    replace: '        await clock.sleep(PAUSED_LOOK_MS, ended)',
    test: {
      file: DRAIN_SESSION_TEST,
      name: 'when other jobs are active than those that it holds, it requeues and goes on',
    },
  },
  {
    name: 'active-unbounded',
    breaks: 'A requeue has so many jobs to put back that it blocks Redis.',
    file: CLAIM_JOBS,
    find: 'if (settlements.held + CLAIM_JOBS > MAX_HELD_JOBS) return false',
    replace: 'if (settlements.held > MAX_HELD_JOBS * 2) return false',
    test: { file: CONSUMER_TEST, name: 'no more than 2,000 jobs are held, however many wait' },
  },
  {
    name: 'bytes-not-counted',
    breaks: 'The memory of a worker grows with what waits in Redis.',
    file: CLAIM_JOBS,
    find: 'if (budget.free <= 0 && settlements.held > 0) return false',
    replace: 'if (budget.free <= -1e15 && settlements.held > 0) return false',
    test: {
      file: BYTE_BUDGET_TEST,
      name: 'with no byte free a consumer claims a single job, and no more before that is settled',
    },
  },
]
