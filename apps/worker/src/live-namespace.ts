// The namespace of a running worker. It is opened at the start, and the layout of its queues is said then. A Redis that
// comes back without it has lost whatever waited there: a person must know, and the namespace is set up again, so that what
// producers send from then on is delivered.

import { systemClock } from '@retention-relay/delivery'
import { RelayError } from '@retention-relay/events'
import { readLayoutVersions } from '@retention-relay/queue'
import type { OpenNamespace } from '@retention-relay/queue'

import { openUntilReady } from './open-namespace.ts'
import type { OpeningParts } from './open-namespace.ts'
import { checkLayout } from './start-checks.ts'

/** Wait before a Redis that takes no writes is tried again, in milliseconds. */
const REOPEN_WAIT_MS = 1000

/** What the namespace of a worker needs. */
export interface LiveNamespaceParts extends OpeningParts {
  /** Told when it can be worked in, and when no longer. */
  readonly changed: (isOpen: boolean) => void
  /** Told of each loss. */
  readonly emptied: () => void
}

/** Opens the namespace, and opens it again. */
export class LiveNamespace {
  readonly #parts: LiveNamespaceParts
  /** Written by `open`, and by `#reopen`. */
  #opened: OpenNamespace | undefined
  #isReopening = false

  constructor(parts: LiveNamespaceParts) {
    this.#parts = parts
  }

  /** As it was opened last; undefined before that. */
  get opened(): OpenNamespace | undefined {
    return this.#opened
  }

  /**
   * Resolves when Redis has taken it; null when the worker was stopped before.
   *
   * @throws RelayError for a fault of the configuration.
   */
  async open(): Promise<OpenNamespace | null> {
    const { stop, changed } = this.#parts
    const open = await openUntilReady(this.#parts)
    if (open === null || stop.aborted) return null
    this.#opened = open
    changed(true)
    await this.#tellLayout(open)
    return stop.aborted ? null : open
  }

  /** Redis has lost it. Told with each sign of life of this worker until it is set up again. */
  async foundEmptied(): Promise<void> {
    if (this.#isReopening || this.#opened === undefined) return
    this.#isReopening = true
    this.#parts.changed(false)
    this.#parts.emptied()
    this.#parts.logger.error(
      { event: 'redis.emptied' },
      'Redis has lost the namespace: events that waited in it are gone, and delivered ones may be delivered again; restore it from a backup, or have services send their latest events again',
    )
    await this.#reopen(this.#opened.partitions)
    this.#isReopening = false
  }

  /** Whatever keeps a running worker from its namespace may end, but for one that was set up differently. */
  async #reopen(partitions: number): Promise<void> {
    const { options, changed, stop } = this.#parts
    let told: string | undefined
    while (!stop.aborted) {
      try {
        const open = await openUntilReady({ ...this.#parts, options: { ...options, partitions } })
        if (open === null) return
        this.#opened = open
        return changed(true)
      } catch (error) {
        const cause = error instanceof Error ? error.message : String(error)
        const mayEnd = error instanceof RelayError && error.code === 'RELAY_REDIS_UNUSABLE'
        if (cause !== told) this.#tellNotOpen(cause, mayEnd)
        if (!mayEnd) return
        told = cause
        await systemClock.sleep(REOPEN_WAIT_MS, stop)
      }
    }
  }

  #tellNotOpen(cause: string, mayEnd: boolean): void {
    const text = mayEnd
      ? 'Redis takes no writes; goes on trying'
      : 'the namespace is another one now'
    this.#parts.logger.error({ event: 'namespace.not_open', cause }, text)
  }

  async #tellLayout(open: OpenNamespace): Promise<void> {
    const { client, logger } = this.#parts
    const versions = await readLayoutVersions(client, open).catch(() => [])
    for (const { level, text } of versions.map((version) => checkLayout(version))) {
      logger[level === 'danger' ? 'warn' : 'info']({ event: 'layout.checked', level }, text)
    }
  }
}
