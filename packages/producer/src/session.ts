// The producer's connection, from its start to its end. A service must be able to start while Redis is away, so the
// start waits for a short time only and goes on in the background; until Redis has told the namespace's settings no
// event can be placed. A Redis that can never work as configured fails the start at once.
//
// May go wrong: a fault of the configuration that shows only after the start (Redis was away, and comes back with
// another password). Then calls are refused with that fault as cause, and the opening goes on.

import { setTimeout as pause } from 'node:timers/promises'

import { RelayError } from '@retention-relay/events'
import {
  awaitRedis,
  bareError,
  closeRedisClient,
  createRedisClient,
  openCommitter,
  openNamespace,
} from '@retention-relay/queue'
import type { Committer, OpenNamespace, RedisClient } from '@retention-relay/queue'

import type { ProducerSettings } from './options.ts'

/** What is there once Redis has answered. */
export interface OpenSession {
  readonly namespace: OpenNamespace
  readonly committer: Committer
}

/** What a session needs. */
export interface SessionOptions {
  readonly settings: ProducerSettings
  readonly nextUlid: () => string
}

const RETRY_PAUSE_MS = 200

/**
 * Starts. Resolves when the namespace is open, or after `enqueueTimeoutMs` while Redis is away.
 *
 * @throws RelayError `RELAY_REDIS_UNUSABLE`, `RELAY_NAMESPACE_MISMATCH`, `RELAY_CONFIG_INVALID`.
 */
export async function startSession(options: SessionOptions): Promise<Session> {
  const session = new Session(options)
  try {
    await session.start()
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

/** A connection that opens by itself. */
export class Session {
  readonly #options: SessionOptions
  readonly #client: RedisClient
  readonly #ended = new AbortController()
  /** Written once, when the namespace is open. */
  #open: OpenSession | undefined
  /** Why it is not open. Written by each attempt. */
  #fault: Error | undefined
  /** True after `start`: faults of the configuration no longer end the opening. */
  #started = false
  /** Ends when the namespace is open, or the session closed. */
  #opening: Promise<void> | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.#client = createRedisClient(options.settings.redis, { name: 'relay-producer' })
  }

  /** The open namespace, or undefined until Redis has answered for the first time. */
  get open(): OpenSession | undefined {
    return this.#open
  }

  /** Why the session is not open. */
  get fault(): Error | undefined {
    return this.#fault
  }

  async start(): Promise<void> {
    const waiting = new AbortController()
    const { signal } = waiting
    this.#opening = this.#openUntilClosed()
    const markStarted = (): void => {
      this.#started = true
    }
    // Marked by the timer itself: a fault that comes right after it must not end the opening.
    const { enqueueTimeoutMs } = this.#options.settings
    const patience = pause(enqueueTimeoutMs, undefined, { signal }).then(markStarted, markStarted)
    try {
      await Promise.race([this.#opening, patience])
    } finally {
      waiting.abort()
    }
  }

  /** Waits for events that were taken in, then closes the connection. */
  async close(): Promise<void> {
    await this.#open?.committer.close()
    this.#ended.abort()
    closeRedisClient(this.#client)
    await this.#opening?.catch(() => undefined)
  }

  async #openUntilClosed(): Promise<void> {
    const { signal } = this.#ended
    while (!signal.aborted) {
      try {
        this.#open = await this.#tryOpen()
        if (this.#open !== undefined) return
      } catch (error) {
        if (error instanceof RelayError && !this.#started) throw error
        this.#fault = error instanceof RelayError ? error : bareError(error)
      }
      await pause(RETRY_PAUSE_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  async #tryOpen(): Promise<OpenSession | undefined> {
    const { settings, nextUlid } = this.#options
    const client = this.#client
    const { enqueueTimeoutMs: timeoutMs } = settings
    const arrival = await awaitRedis(client, { timeoutMs, signal: this.#ended.signal })
    if (arrival.kind === 'away') {
      this.#fault = arrival.cause
      return undefined
    }
    const namespace = await openNamespace(client, settings)
    return {
      namespace,
      committer: await openCommitter({ ...settings, client, namespace, nextUlid }),
    }
  }
}
