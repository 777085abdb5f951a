// The namespace of a running worker. It is opened at the start, and the layout of its queues is said then. A Redis that
// comes back without it has lost whatever waited there: a person must know, and the namespace is set up again, so that what
// producers send from then on is delivered.

import { readLayoutVersions } from '@retention-relay/queue'
import type { OpenNamespace } from '@retention-relay/queue'

import { openUntilReady } from './open-namespace.ts'
import type { OpeningParts } from './open-namespace.ts'
import { checkLayout } from './start-checks.ts'

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

  /** Redis has lost it. Told more often than it happens: each partition and the registry find it. */
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

  async #reopen(partitions: number): Promise<void> {
    const { options, changed, logger } = this.#parts
    try {
      const open = await openUntilReady({ ...this.#parts, options: { ...options, partitions } })
      if (open === null) return
      this.#opened = open
      changed(true)
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error)
      logger.error({ event: 'namespace.not_open', cause }, 'the namespace is another one now')
    }
  }

  async #tellLayout(open: OpenNamespace): Promise<void> {
    const { client, logger } = this.#parts
    const versions = await readLayoutVersions(client, open).catch(() => [])
    for (const { level, text } of versions.map((version) => checkLayout(version))) {
      logger[level === 'danger' ? 'warn' : 'info']({ event: 'layout.checked', level }, text)
    }
  }
}
