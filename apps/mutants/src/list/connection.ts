// Scripts and connections: what runs on a full Redis, in which order, and who comes back after a failover.

import type { Mutant } from '../mutant.ts'

const CLIENT = 'packages/queue/src/connection/client.ts'
const SCRIPT = 'packages/queue/src/connection/script.ts'
const AWAIT_REDIS = 'packages/queue/src/connection/await-redis.ts'
const WORKER_REGISTRY = 'packages/queue/src/lease/worker-registry.ts'

const SENTINEL_CLIENT_REDIS_TEST = 'packages/queue/test/sentinel-client.redis.test.ts'
const FULL_REDIS_REDIS_TEST = 'packages/queue/test/full-redis.redis.test.ts'
const CLUSTER_CLIENT_REDIS_TEST = 'packages/queue/test/cluster-client.redis.test.ts'
const PAUSE_REDIS_TEST = 'packages/queue/test/pause.redis.test.ts'
const SCRIPT_REDIS_TEST = 'packages/queue/test/script.redis.test.ts'
const MOVING_SLOT_REDIS_TEST = 'packages/queue/test/moving-slot.redis.test.ts'

export const connectionMutants: readonly Mutant[] = [
  {
    name: 'client-gives-up-in-a-failover',
    breaks: 'A worker or producer that met a failover in the wrong moment never connects again.',
    file: CLIENT,
    find: "if (!isClosed && client.status === 'end') client.connect()",
    replace: "if (isClosed && client.status === 'end') client.connect()",
    test: {
      file: SENTINEL_CLIENT_REDIS_TEST,
      name: 'a client connects again although a failover ended its attempt to reconnect',
    },
  },
  {
    name: 'closed-client-comes-back',
    breaks: 'A client that was closed connects again and keeps its process alive.',
    file: CLIENT,
    find: `    if (!reconnect) isClosed = true
`,
    replace: '',
    test: { file: SENTINEL_CLIENT_REDIS_TEST, name: 'a client that was closed stays closed' },
  },
  {
    name: 'allow-oom-missing',
    breaks: 'A full Redis is never drained, since draining needs memory.',
    file: SCRIPT,
    find: '`#!lua flags=allow-oom\\n',
    replace: '`#!lua\\n',
    test: { file: FULL_REDIS_REDIS_TEST, name: 'a full Redis is drained completely' },
  },
  {
    name: 'unknown-script-sent-again',
    breaks: 'A script that Redis has forgotten runs later than the commands behind it.',
    file: SCRIPT,
    find: "error.message.startsWith('NOSCRIPT')) this.#onReady()",
    replace: `error.message.startsWith('NOSCRIPT')) {
        return await this.#client.callBuffer('eval', script.lua, keys.length, ...keys, ...args)
      }`,
    test: {
      file: SCRIPT_REDIS_TEST,
      name: 'after Redis has forgotten the scripts the next call rejects and the one after it works',
    },
  },
  {
    name: 'script-runs-half-in-a-moving-slot',
    breaks:
      'A settle or a requeue stops after its first writes while a slot of a Cluster moves; jobs are there twice.',
    file: SCRIPT,
    find: "script.reach === 'slot' ? [...keys, absentKey(keys[0] ?? '')] : keys",
    replace: "script.reach === 'keys' ? [...keys, absentKey(keys[0] ?? '')] : keys",
    test: {
      file: MOVING_SLOT_REDIS_TEST,
      name: 'while one job has moved no script of a partition runs; then all go on',
    },
  },
  {
    name: 'half-a-cluster-is-ready',
    breaks: 'A Cluster in the middle of a failover counts as ready with a master missing.',
    file: AWAIT_REDIS,
    find: 'if (hasEverySlot(client) && ',
    replace: 'if ((hasEverySlot(client) || true) && ',
    test: { file: CLUSTER_CLIENT_REDIS_TEST, name: 'waits while a range of slots has no master' },
  },
  {
    name: 'loss-hidden-by-the-next-process',
    breaks: 'An emptied Redis is passed over when another process sets the namespace up first.',
    file: WORKER_REGISTRY,
    find: '(!isThere || createdAt !== known)',
    replace: '!isThere',
    test: {
      file: PAUSE_REDIS_TEST,
      name: 'a worker hears of it also when another one has set the namespace up again, and at its leave',
    },
  },
]
