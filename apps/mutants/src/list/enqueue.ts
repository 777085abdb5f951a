// From the call to the commit: what is acknowledged is stored, once and in the order of the calls.

import type { Mutant } from '../mutant.ts'

const LANE = 'packages/queue/src/commit/lane.ts'
const ADD_OUTCOME = 'packages/queue/src/commit/add-outcome.ts'
const COMMIT_TARGET = 'packages/queue/src/commit/commit-target.ts'
const REPLICA_BARRIER = 'packages/queue/src/commit/replica-barrier.ts'
const MEMORY_WATCH = 'packages/queue/src/commit/memory-watch.ts'
const COMMITTER = 'packages/queue/src/commit/committer.ts'

const COMMIT_LANE_TEST = 'packages/queue/test/commit-lane.test.ts'
const ADD_OUTCOME_TEST = 'packages/queue/test/add-outcome.test.ts'
const COMMIT_REDIS_TEST = 'packages/queue/test/commit.redis.test.ts'
const REPLICA_BARRIER_TEST = 'packages/queue/test/replica-barrier.test.ts'
const PRODUCER_FAULTS_REDIS_TEST = 'packages/producer/test/producer-faults.redis.test.ts'

export const enqueueMutants: readonly Mutant[] = [
  {
    name: 'commit-acknowledged-early',
    breaks: 'A caller is told that its event is stored before Redis has answered.',
    file: LANE,
    find: `    void this.#attempt(this.#commit)
  }

  async`,
    replace: `    for (const caller of callers) caller.resolve()
    void this.#attempt(this.#commit)
  }

  async`,
    test: { file: COMMIT_LANE_TEST, name: 'settles each caller with the fate of its own commit' },
  },
  {
    name: 'unanswered-commit-forgotten',
    breaks:
      'A commit without an answer is given up, and a late attempt of it overtakes later events.',
    file: LANE,
    find: "if (over.length > 0 && this.#state === 'committing') this.#enter('unresolved')",
    replace: "if (over.length > 0 && this.#state === 'committing') this.#next()",
    test: {
      file: COMMIT_LANE_TEST,
      name: 'a commit without an answer stays in flight after its callers gave up; new calls are refused until its fate is known',
    },
  },
  {
    name: 'repeated-commit-with-a-new-job-id',
    breaks: 'A commit that is repeated after a lost answer is stored twice.',
    file: LANE,
    find: 'const outcome = await this.#options.target.add(commit.job)',
    replace: `const id = \`c-\${this.#options.nextUlid()}\`
    const outcome = await this.#options.target.add({ ...commit.job, id })`,
    test: {
      file: COMMIT_LANE_TEST,
      name: 'a commit without an answer is repeated under the same job id until it is answered',
    },
  },
  {
    name: 'lost-attempt-told-as-refused',
    breaks:
      'A caller is told that its event is not stored although a lost attempt may have stored it.',
    file: LANE,
    find: `if (commit.lost !== undefined) this.#repeatLater(commit)
        else if (outcome.kind`,
    replace: 'if (outcome.kind',
    test: {
      file: COMMIT_LANE_TEST,
      name: 'a commit without an answer is not given up for a refusal: the lost attempt may have been stored',
    },
  },
  {
    name: 'unclear-answer-told-as-refused',
    breaks: 'An error of Redis that does not tell is taken for "certainly not stored".',
    file: ADD_OUTCOME,
    find: "{ kind: 'refused', cause } : { kind: 'failed', cause }",
    replace: "{ kind: 'refused', cause } : { kind: 'refused', cause }",
    test: {
      file: ADD_OUTCOME_TEST,
      name: 'what an error of an attempt says about the event an answer that does not tell is not taken for a refusal',
    },
  },
  {
    name: 'put-back-behind-later-calls',
    breaks: 'What was never written goes after calls that were made later.',
    file: LANE,
    find: 'this.#pending.unshift(',
    replace: 'this.#pending.push(',
    test: {
      file: COMMIT_LANE_TEST,
      name: 'while Redis is away what was never written goes first when it is tried again',
    },
  },
  {
    name: 'replicas-not-counted',
    breaks: 'A commit is acknowledged that fewer replicas have than were asked for.',
    file: COMMIT_TARGET,
    find: 'confirmed >= replicas ?',
    replace: 'confirmed >= 0 ?',
    test: {
      file: COMMIT_REDIS_TEST,
      name: 'with replicas a commit is acknowledged when they have it, and unknown when they do not',
    },
  },
  {
    name: 'replicas-asked-on-another-connection',
    breaks: 'WAIT on a new connection, which proves nothing, confirms a commit of the old one.',
    file: REPLICA_BARRIER,
    find: 'group.filter((waiter) => waiter.stream === this.#node.stream)',
    replace: 'group.filter((waiter) => waiter.stream !== undefined)',
    test: {
      file: REPLICA_BARRIER_TEST,
      name: 'a WAIT on another connection than that of the write confirms nothing',
    },
  },
  {
    name: 'producers-fill-redis',
    breaks:
      'Producers take the last fifth of the memory of Redis, which the workers need to drain it.',
    file: MEMORY_WATCH,
    find: '> BACKPRESSURE_RATIO * limit',
    replace: '> BACKPRESSURE_RATIO * 2 * limit',
    test: {
      file: COMMIT_REDIS_TEST,
      name: 'when Redis is full above four fifths of maxmemory callers are held back before Redis refuses',
    },
  },
  {
    name: 'pending-events-unbounded',
    breaks: 'The memory of a producer grows for as long as Redis hangs.',
    file: COMMITTER,
    find: 'if (this.#waiting >= this.#maxPendingEvents) {',
    replace: 'if (this.#waiting >= this.#maxPendingEvents * 1e9) {',
    test: {
      file: PRODUCER_FAULTS_REDIS_TEST,
      name: 'a Redis that hangs does not fill the memory: above maxPendingEvents calls are refused at once',
    },
  },
]
