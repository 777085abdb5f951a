// What Customer.io does with an operation that it has accepted. Every outcome is answered with 2xx:
// applied, duplicate (an event id that was applied before), suppressed (the person is), dropped (an
// unknown `cio_id`, or an event of an unknown person where `unknownPerson` is 'drop'). The sender is
// told nothing of the last three; the ledger is.
import { isEvent, type Identifier, type Operation } from '../track/operation.ts'
import { People } from './people.ts'
import { isUnixSeconds, type Person } from './person.ts'
import { SeenIds } from './seen-ids.ts'
import { isUlid } from './ulid.ts'

export type Outcome = 'applied' | 'duplicate' | 'suppressed' | 'dropped'

export interface WorkspaceOptions {
  /** What an event does whose person is not known; the sources disagree. */
  unknownPerson: 'create' | 'drop'
  /** Event ids remembered at least. */
  dedupeWindowIds: number
}

export class Workspace {
  readonly #options: WorkspaceOptions
  readonly #people = new People()
  readonly #seen: SeenIds

  constructor(options: WorkspaceOptions) {
    this.#options = options
    this.#seen = new SeenIds(options.dedupeWindowIds)
  }

  /** Applies one operation received at `nowMs`. */
  apply(operation: Operation, nowMs: number): Outcome {
    if (operation.who.kind === 'cio_id' || operation.into?.kind === 'cio_id') return 'dropped'
    if (operation.action !== 'unsuppress' && this.#touchesSuppressed(operation)) return 'suppressed'
    if (isEvent(operation.action)) return this.#event(operation)
    this.#change(operation, nowMs)
    return 'applied'
  }

  find(who: Identifier): Person | undefined {
    return this.#people.find(who)
  }

  isSuppressed(who: Identifier): boolean {
    return this.#people.isSuppressed(who)
  }

  #touchesSuppressed({ who, into }: Operation): boolean {
    return this.#people.isSuppressed(who) || (into !== null && this.#people.isSuppressed(into))
  }

  #event({ id, who }: Operation): Outcome {
    const deduplicated = id !== null && isUlid(id)
    if (deduplicated && this.#seen.has(id)) return 'duplicate'
    if (this.#options.unknownPerson === 'drop' && this.#people.find(who) === undefined) {
      return 'dropped'
    }
    this.#people.findOrCreate(who)
    if (deduplicated) this.#seen.add(id)
    return 'applied'
  }

  #change(operation: Operation, nowMs: number): void {
    const { who } = operation
    switch (operation.action) {
      case 'identify':
        return this.#identify(operation, nowMs)
      case 'add_device':
        if (operation.device) this.#people.findOrCreate(who).addDevice(operation.device)
        return
      case 'delete_device':
        if (operation.device) this.#people.find(who)?.deleteDevice(operation.device.token)
        return
      case 'delete':
        return this.#delete(who)
      case 'merge':
        return this.#merge(operation)
      case 'suppress':
        return this.#people.suppress(who)
      case 'unsuppress':
        return this.#people.unsuppress(who)
      case 'add_relationships':
      case 'delete_relationships':
      case 'event':
      case 'page':
      case 'screen':
        this.#people.findOrCreate(who)
    }
  }

  #identify({ who, attributes, timestamp }: Operation, nowMs: number): void {
    const person = this.#people.findOrCreate(who)
    const atSeconds = isUnixSeconds(timestamp) ? timestamp : Math.floor(nowMs / 1000)
    for (const name in attributes) {
      if (name.startsWith('_') || !this.#mayHave(person, name, attributes[name])) continue
      person.setAttribute(name, attributes[name], atSeconds)
    }
  }

  /** `id` and `email` as attributes are identifiers: refused without a word when already taken. */
  #mayHave(person: Person, name: string, value: unknown): boolean {
    if (name !== 'email' && name !== 'id') return true
    if (typeof value !== 'string' || value === '') return name === 'email'
    const own = person.identifier('id')
    if (name === 'id' && own !== undefined) return own === value
    return this.#people.claim(person, name, value)
  }

  #delete(who: Identifier): void {
    const person = this.#people.find(who)
    if (person !== undefined) this.#people.remove(person)
  }

  /** The secondary disappears into the primary; without a secondary there is nothing to do. */
  #merge({ who, into }: Operation): void {
    const secondary = this.#people.find(who)
    if (secondary === undefined || into === null) return
    const primary = this.#people.findOrCreate(into)
    if (primary === secondary) return
    this.#people.remove(secondary)
    primary.absorb(secondary)
    for (const { kind, value } of secondary.identifiers) {
      if (primary.identifier(kind) === undefined) this.#people.claim(primary, kind, value)
    }
  }
}
