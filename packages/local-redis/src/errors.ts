// What can go wrong before there is a Redis. Both errors are written for the person at the terminal: the message says
// what was tried and what to do next; no stack is needed to understand it.

/** No usable Redis on this machine and none could be obtained. `attempts` are the reasons, one for each place. */
export class RedisNotFoundError extends Error {
  readonly code = 'RELAY_LOCAL_REDIS_NOT_FOUND'
  readonly attempts: readonly string[]

  constructor(attempts: readonly string[]) {
    super([NOT_FOUND, ...attempts.map((attempt) => `  - ${attempt}`), WAYS_OUT].join('\n'))
    this.name = 'RedisNotFoundError'
    this.attempts = attempts
  }
}

const NOT_FOUND = 'No Redis (7.0 or newer) or Valkey was found on this machine:'
const WAYS_OUT = `Any one of these helps:
  1. install one:              brew install valkey
  2. start one in a container: docker compose up -d redis, then REDIS_URL=redis://127.0.0.1:6379
  3. use one that runs:        REDIS_URL=redis://host:6379`

/** Redis was started and ended, or did not answer in time. The message carries the end of its log. */
export class RedisStartError extends Error {
  readonly code = 'RELAY_LOCAL_REDIS_START'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RedisStartError'
  }
}
