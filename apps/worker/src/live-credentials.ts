// Credentials that are replaced while the worker runs: before each probe they are read again from where they came from, so
// that new ones in their files (NAME_FILE) are taken without a restart. Those of another workspace are not taken.

import type { TrackDestination } from '@retention-relay/customerio'
import type { Logger } from 'pino'

import type { WorkerConfig } from './config.ts'

/** The credentials of a configuration. */
export type Credentials = Pick<WorkerConfig, 'CUSTOMERIO_SITE_ID' | 'CUSTOMERIO_API_KEY'>

/** What replacing needs. */
export interface LiveCredentialsParts {
  readonly destination: Pick<TrackDestination, 'probe' | 'setCredentials'>
  readonly credentials: Credentials
  /** Reads them again; null where they have a fault. */
  readonly read: () => Credentials | null
  /** Rejects when the site id is of another workspace than the namespace's. */
  readonly checkWorkspace: (siteId: string) => Promise<void>
  readonly logger: Logger
}

/** Probes with the newest credentials. */
export class LiveCredentials {
  readonly #parts: LiveCredentialsParts
  #used: Credentials

  constructor(parts: LiveCredentialsParts) {
    this.#parts = parts
    this.#used = parts.credentials
  }

  /** Asks whether the credentials are accepted, after taking new ones where there are any. */
  async probe(
    ...call: Parameters<TrackDestination['probe']>
  ): ReturnType<TrackDestination['probe']> {
    await this.#refresh()
    return await this.#parts.destination.probe(...call)
  }

  async #refresh(): Promise<void> {
    const { read, checkWorkspace, destination, logger } = this.#parts
    const found = read()
    if (found === null || isSame(found, this.#used)) return
    const { CUSTOMERIO_SITE_ID: siteId, CUSTOMERIO_API_KEY: apiKey } = found
    try {
      if (siteId !== this.#used.CUSTOMERIO_SITE_ID) await checkWorkspace(siteId)
      destination.setCredentials({ siteId, apiKey })
      this.#used = found
      logger.info({ event: 'credentials.replaced' }, 'takes the new credentials')
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error)
      logger.error({ event: 'credentials.not_replaced', cause }, 'keeps the old credentials')
    }
  }
}

function isSame(one: Credentials, other: Credentials): boolean {
  return (
    one.CUSTOMERIO_SITE_ID === other.CUSTOMERIO_SITE_ID &&
    one.CUSTOMERIO_API_KEY === other.CUSTOMERIO_API_KEY
  )
}
