// One operation as the mock understands it, whichever of the two APIs carried it.
// v1 calls and v2 items are both turned into this shape; everything behind it (workspace, ledger,
// page) knows nothing of paths and bodies. Every field is always there, so that 20,000 of them a
// second share one hidden class.

export const ACTIONS = [
  'identify',
  'event',
  'screen',
  'page',
  'add_relationships',
  'delete_relationships',
  'add_device',
  'delete_device',
  'merge',
  'suppress',
  'unsuppress',
  'delete',
] as const

export type Action = (typeof ACTIONS)[number]

export const IDENTIFIER_KINDS = ['id', 'email', 'phone', 'cio_id'] as const

/** `anonymous_id` comes only from `POST /api/v1/events`. */
type IdentifierKind = (typeof IDENTIFIER_KINDS)[number] | 'anonymous_id'

export interface Identifier {
  kind: IdentifierKind
  value: string
}

export interface Device {
  token: string
  platform: string | null
}

export interface Operation {
  action: Action
  /** Whom it is about; for `merge` the secondary, the person that disappears. */
  who: Identifier
  /** The primary of a `merge`. */
  into: Identifier | null
  /** Name of an event, page or screen. */
  name: string | null
  /** Event id as sent; deduplicated only when it is a ULID. */
  id: string | null
  /** As sent; unix seconds when the sender did it right. */
  timestamp: unknown
  /** v2 `attributes`, v1 `data` or the flat attributes of a v1 identify. */
  attributes: Record<string, unknown> | null
  device: Device | null
}

/** What is wrong with one operation, in the words of v2. */
export interface ItemError {
  reason: string
  field: string
  message: string
}

export type Checked =
  | { kind: 'operation'; operation: Operation }
  | { kind: 'refused'; errors: ItemError[] }

/** The name under which a customer is counted and shown: the bare id, or `kind:value`. */
export function customerIdOf(who: Identifier): string {
  return who.kind === 'id' ? who.value : `${who.kind}:${who.value}`
}

/** Whether the action carries a name and an event id. */
export function isEvent(action: Action): boolean {
  return action === 'event' || action === 'page' || action === 'screen'
}

/** Whether `value` is a JSON object: not null, not an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
