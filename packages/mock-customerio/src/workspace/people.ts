// Everybody in the workspace, found by id, e-mail, phone or anonymous id, and who is suppressed.
// `cio_id` is Customer.io's own and nothing here hands one out, so it never finds anybody.
// After `delete` a later call makes a new person; after `suppress` nothing does until `unsuppress`.
import { IDENTIFIER_KINDS, type Identifier } from '../track/operation.ts'
import { Person } from './person.ts'

type Kind = Identifier['kind']

export class People {
  readonly #byKind: Map<Kind, Map<string, Person>> = newIndex()
  readonly #suppressed: Map<Kind, Set<string>> = new Map()

  find(who: Identifier): Person | undefined {
    return this.#byKind.get(who.kind)?.get(normal(who.kind, who.value))
  }

  findOrCreate(who: Identifier): Person {
    const found = this.find(who)
    if (found !== undefined) return found
    const person = new Person()
    this.claim(person, who.kind, who.value)
    return person
  }

  /**
   * Makes the person known under one more identifier. Returns false, and changes nothing, when it
   * belongs to somebody else: Customer.io drops such an attribute without a word.
   */
  claim(person: Person, kind: Kind, value: string): boolean {
    const index = this.#byKind.get(kind)
    const key = normal(kind, value)
    const owner = index?.get(key)
    if (owner !== undefined) return owner === person
    const before = person.identifier(kind)
    if (before !== undefined) index?.delete(before)
    index?.set(key, person)
    const others = person.identifiers.filter((identifier) => identifier.kind !== kind)
    person.identifiers = [...others, { kind, value: key }]
    return true
  }

  remove(person: Person): void {
    for (const { kind, value } of person.identifiers) this.#byKind.get(kind)?.delete(value)
  }

  /** Deletes the person and keeps every identifier of theirs from coming back. */
  suppress(who: Identifier): void {
    this.#mark(who.kind, normal(who.kind, who.value))
    const person = this.find(who)
    if (person === undefined) return
    for (const { kind, value } of person.identifiers) this.#mark(kind, value)
    this.remove(person)
  }

  unsuppress(who: Identifier): void {
    this.#suppressed.get(who.kind)?.delete(normal(who.kind, who.value))
  }

  isSuppressed(who: Identifier): boolean {
    if (this.#suppressed.size === 0) return false
    return this.#suppressed.get(who.kind)?.has(normal(who.kind, who.value)) ?? false
  }

  #mark(kind: Kind, value: string): void {
    const marked = this.#suppressed.get(kind) ?? new Set()
    this.#suppressed.set(kind, marked.add(value))
  }
}

function newIndex(): Map<Kind, Map<string, Person>> {
  const kinds: Kind[] = [...IDENTIFIER_KINDS, 'anonymous_id']
  return new Map(kinds.map((kind) => [kind, new Map()]))
}

function normal(kind: Kind, value: string): string {
  return kind === 'email' ? value.toLowerCase() : value
}
