// Who an operation is about. v2 names exactly one of id, email, phone, cio_id; v1 puts one word into
// the path and lets the service guess its kind from its shape. Out comes the identifier or what is
// wrong with it, with the messages of the v1 documentation.
import { isLongerThan, PERSON_ID_BYTES } from '../limits.ts'
import { IDENTIFIER_KINDS, isObject, type Identifier, type ItemError } from './operation.ts'

export type CheckedIdentifier =
  | { kind: 'identifier'; identifier: Identifier }
  | { kind: 'refused'; errors: ItemError[] }

const E164 = /^\+[1-9]\d{1,14}$/

/** Reads `identifiers`, `primary` or `secondary` (named by `field`). */
export function checkIdentifiers(value: unknown, field: string): CheckedIdentifier {
  if (!isObject(value)) return refused('required', field, `${field} must be an object`)
  const present = IDENTIFIER_KINDS.filter((kind) => value[kind] !== undefined)
  const kind = present[0]
  if (kind === undefined) return refused('required', `${field}.id`, 'id attribute must be present')
  if (present.length > 1) {
    return refused('invalid', field, `${field} must hold exactly one of id, email, phone, cio_id`)
  }
  return checkValue(kind, value[kind], field)
}

/** Reads the decoded word of a v1 path: an e-mail, `cio_…`, or else an id. */
export function checkPathIdentifier(word: string): CheckedIdentifier {
  if (word.startsWith('cio_')) return checkValue('cio_id', word, 'identifiers')
  return checkValue(word.includes('@') ? 'email' : 'id', word, 'identifiers')
}

function checkValue(kind: Identifier['kind'], value: unknown, parent: string): CheckedIdentifier {
  const field = `${parent}.${kind}`
  if (typeof value !== 'string') {
    return refused('invalid', field, `${kind} attribute must be a string value`)
  }
  if (value === '') return refused('invalid', field, `${kind} attribute cannot be an empty string`)
  if (isLongerThan(value, PERSON_ID_BYTES)) {
    return refused('invalid', field, `${kind} attribute cannot be longer than 150 bytes`)
  }
  if (kind === 'email' && !value.includes('@')) {
    return refused('invalid', field, 'email attribute must be an email address')
  }
  if (kind === 'phone' && !E164.test(value)) {
    return refused('invalid', field, 'phone attribute must be in E.164 format')
  }
  return { kind: 'identifier', identifier: { kind, value } }
}

function refused(reason: string, field: string, message: string): CheckedIdentifier {
  return { kind: 'refused', errors: [{ reason, field, message }] }
}
