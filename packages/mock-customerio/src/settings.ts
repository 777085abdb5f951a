// What can be set when the mock starts, and what can be changed while it runs (`mock.configure`,
// `PATCH /_mock/settings`). The defaults are those of a quiet, obliging Customer.io.
import type { Clock } from './clock.ts'
import type { LedgerOptions } from './ledger/ledger.ts'
import type { PlantedRule } from './track/planted-rule.ts'
import type { Region } from './track/route.ts'
import type { WorkspaceOptions } from './workspace/workspace.ts'

/** What can be changed while the mock runs. */
export interface MockSettings {
  /** User of the HTTP Basic authentication. Default `mock-site-id`. */
  siteId: string
  /** Its password. Default `mock-api-key`. */
  apiKey: string
  /** What `GET /api/v1/accounts/region` says. Default `us`. */
  region: Region
  /** Every answer comes so many ms after it was ready. Default 0. */
  latencyMs: number
  /** Requests admitted in any one second, 429 above; `null` for no limit. Default `null`. */
  ratePerSecond: number | null
  /** Whether such a 429 carries `Retry-After`, in seconds. Default false: none is documented. */
  rateRetryAfter: boolean
  /** Events to refuse although they are well-formed. Default none. */
  rejectWhen: PlantedRule[]
}

export interface MockOptions extends Partial<MockSettings & WorkspaceOptions & LedgerOptions> {
  /** Default 0: the system chooses a free port. */
  port?: number
  /** Default `127.0.0.1`. The control API asks for no credentials: keep it on this machine. */
  host?: string
  /** How long an idle connection stays open. Default 600,000, as a cloud load balancer has it. */
  keepAliveMs?: number
  /** File that gets a line for each request and operation (ledger/receipts.ts). Default none. */
  receiptsFile?: string
  /** Source of time; for tests. */
  clock?: Clock
}

/** Fixed for the life of the mock. */
export interface FixedOptions extends WorkspaceOptions, LedgerOptions {
  receiptsFile: string | null
}

export function settingsFrom(options: MockOptions): MockSettings {
  return {
    siteId: options.siteId ?? 'mock-site-id',
    apiKey: options.apiKey ?? 'mock-api-key',
    region: options.region ?? 'us',
    latencyMs: options.latencyMs ?? 0,
    ratePerSecond: options.ratePerSecond ?? null,
    rateRetryAfter: options.rateRetryAfter ?? false,
    rejectWhen: options.rejectWhen ?? [],
  }
}

/**
 * `unknownPerson` 'create', `dedupeWindowIds` 4,000,000, `keepRecords` 2,000,000 operations,
 * `keepPayloads` 1,000 operations, `sequenceField` 'relay_seq', no `receiptsFile`.
 */
export function fixedOptionsFrom(options: MockOptions): FixedOptions {
  return {
    unknownPerson: options.unknownPerson ?? 'create',
    dedupeWindowIds: options.dedupeWindowIds ?? 4_000_000,
    keepRecords: options.keepRecords ?? 2_000_000,
    keepPayloads: options.keepPayloads ?? 1_000,
    sequenceField: options.sequenceField ?? 'relay_seq',
    receiptsFile: options.receiptsFile ?? null,
  }
}
