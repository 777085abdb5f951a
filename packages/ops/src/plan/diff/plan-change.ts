// One difference between two tracking plans. Breaking is what a service that was written by the old plan would be refused
// for, and what a journey that reads the old one would no longer find; a remark is neither.

/** What kind of difference it is. */
export type ChangeKind =
  | 'event_removed'
  | 'event_renamed'
  | 'event_added'
  | 'removed'
  | 'renamed'
  | 'retyped'
  | 'added'
  | 'required'
  | 'optional'
  | 'tightened'
  | 'loosened'
  | 'unit'
  | 'key'
  | 'identify_first'
  | 'version'

/** A difference of a field. */
export interface FieldChange {
  /** In the old plan, or in the new one where it was added. Empty for the whole of the data. */
  readonly path: string
  readonly kind: ChangeKind
  readonly isBreaking: boolean
  /** Half a sentence: `renamed to cartTotal`. */
  readonly text: string
}

/** A difference of two plans. */
export interface PlanChange extends FieldChange {
  /** Name of the event in the old plan, or `identify`. */
  readonly event: string
  /** Segments and journeys branch on the field. */
  readonly isCritical: boolean
}

/** A change that breaks something. */
export function breaking(path: string, kind: ChangeKind, text: string): FieldChange {
  return { path, kind, isBreaking: true, text }
}

/** A change that breaks nothing. */
export function harmless(path: string, kind: ChangeKind, text: string): FieldChange {
  return { path, kind, isBreaking: false, text }
}
