// Errors that cross a package's boundary. Every code stands once in the table below: the code, whether
// trying again with the same id is safe and useful, what it means and what to do. `docs/errors.md` shows the
// same table; a test holds the two together.

/** One row of the error table. */
export interface ErrorCodeEntry {
  /** True when the same call may succeed later without being changed; trying again with the same id is safe. */
  readonly retryable: boolean
  /** What happened, for a person. */
  readonly meaning: string
  /** What to do about it. */
  readonly remedy: string
}

/** All codes. A code is `RELAY_<STAGE>_<WHAT>` and never changes its meaning. */
export const ERROR_CODES = {
  RELAY_EVENT_INVALID: {
    retryable: false,
    meaning: 'The event does not match its definition, or one of its fields has the wrong type.',
    remedy: 'Correct the field that the message names. Nothing was stored.',
  },
  RELAY_EVENT_UNKNOWN_NAME: {
    retryable: false,
    meaning: 'The tracking plan has no event of this name.',
    remedy: 'Correct the name, or add a definition to the tracking plan. Nothing was stored.',
  },
  RELAY_EVENT_CUSTOMER_ID: {
    retryable: false,
    meaning:
      'The customer id is not a durable identifier: it is an e-mail address, a phone number, not a string, empty, or has white space around it.',
    remedy:
      "Send the shop's own customer id, or create the producer with the named opt-out. Nothing was stored.",
  },
  RELAY_EVENT_ID: {
    retryable: false,
    meaning: 'The explicit event id is not a ULID.',
    remedy:
      'Leave the id out, or give a ULID (26 characters, Crockford base 32). Nothing was stored.',
  },
  RELAY_EVENT_TIME: {
    retryable: false,
    meaning:
      'occurredAt is not a time that can be: not a date, before 2015, or more than 5 minutes ahead.',
    remedy: 'Give a Date, or milliseconds since 1970. Nothing was stored.',
  },
  RELAY_EVENT_TOO_LARGE: {
    retryable: false,
    meaning: 'The event is over a limit of the destination.',
    remedy: 'Shorten the field that the message names. Nothing was stored.',
  },
  RELAY_ENQUEUE_REFUSED: {
    retryable: true,
    meaning: 'Redis is away or refuses writes; the event is certainly not stored.',
    remedy:
      'Try again with the id and occurredAt of the error, or let the request that caused it fail.',
  },
  RELAY_ENQUEUE_UNKNOWN: {
    retryable: true,
    meaning: 'Redis did not answer in time; the event may or may not be stored.',
    remedy: 'Try again with the id and occurredAt of the error: the same id is delivered once.',
  },
  RELAY_ENQUEUE_BACKPRESSURE: {
    retryable: true,
    meaning:
      'Redis is above 80 % of its maxmemory, or the producer holds maxPendingEvents; the event is not stored.',
    remedy:
      'Slow down and try again later; give Redis more memory or look why the workers do not deliver.',
  },
  RELAY_ENQUEUE_CLOSED: {
    retryable: false,
    meaning: 'The producer is closed; the event is not stored.',
    remedy: 'Do not call after close().',
  },
  RELAY_CONFIG_INVALID: {
    retryable: false,
    meaning: 'A setting is missing or wrong.',
    remedy: 'Correct every setting that the message lists.',
  },
  RELAY_REDIS_UNUSABLE: {
    retryable: false,
    meaning:
      'The address is not a Redis that can be used: wrong password, another kind of server, too old, or a read-only replica.',
    remedy: 'Correct REDIS_URL, or use Redis 7.0 or newer (Valkey counts).',
  },
  RELAY_NAMESPACE_MISMATCH: {
    retryable: false,
    meaning:
      'The namespace was set up differently: another number of partitions, or another Customer.io workspace.',
    remedy: 'Use the settings that the namespace was set up with, or another namespace.',
  },
  RELAY_QUEUE_FAILED: {
    retryable: true,
    meaning: 'A Redis command of the worker failed or its connection was lost.',
    remedy: 'None: the worker goes out of sync, requeues and starts again by itself.',
  },
  RELAY_LEASE_OVER: {
    retryable: true,
    meaning: 'The lease of a partition ended before a request was handed over whole.',
    remedy: 'None: the new owner of the partition delivers the events.',
  },
} as const satisfies Record<string, ErrorCodeEntry>

/** A code of the table. */
export type ErrorCode = keyof typeof ERROR_CODES

/** What every error of the relay carries. */
export interface RelayErrorOptions {
  readonly cause?: unknown
  /** Facts for machines: field, limit, size, id. Never a payload and never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** Base class of all errors that the relay's packages throw or return on purpose. */
export class RelayError extends Error {
  override readonly name: string = 'RelayError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: RelayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details ?? {}
  }

  /** What to do about it. */
  get remedy(): string {
    return ERROR_CODES[this.code].remedy
  }

  /** Whether the same call may succeed later; trying again with the same id is then safe. */
  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable
  }
}
