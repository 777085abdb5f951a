// One profile. Attributes are ordered by the timestamp of the identify that set them, attribute by
// attribute: an older identify that arrives late fills what is missing and changes nothing newer.
// Equal timestamps (their resolution is one second): the later arrival wins.
// Maps are made when they are needed: of a million customers most have a few events and no profile.
import type { Device, Identifier } from '../track/operation.ts'

/** Milliseconds would be in the year 5138 as seconds: no sender means that. */
const LARGEST_SECONDS = 100_000_000_000

export class Person {
  /** Identifiers under which the person is found, one a kind. Written by People. */
  identifiers: Identifier[] = []
  #attributes: Map<string, unknown> | null = null
  /** Unix seconds of the identify that set each attribute. */
  #setAt: Map<string, number> | null = null
  #devices: Map<string, Device> | null = null

  get attributes(): [name: string, value: unknown][] {
    return [...(this.#attributes ?? [])]
  }

  get devices(): Device[] {
    return [...(this.#devices?.values() ?? [])]
  }

  identifier(kind: Identifier['kind']): string | undefined {
    return this.identifiers.find((identifier) => identifier.kind === kind)?.value
  }

  setAttribute(name: string, value: unknown, atSeconds: number): void {
    this.#setAt ??= new Map()
    this.#attributes ??= new Map()
    const known = this.#setAt.get(name)
    if (known !== undefined && known > atSeconds) return
    this.#setAt.set(name, atSeconds)
    this.#attributes.set(name, value)
  }

  addDevice(device: Device): void {
    this.#devices ??= new Map()
    this.#devices.set(device.token, device)
  }

  deleteDevice(token: string): void {
    this.#devices?.delete(token)
  }

  /** Takes from `other` (the secondary of a merge) what this person does not have. */
  absorb(other: Person): void {
    for (const [name, value] of other.attributes) {
      if (this.#attributes?.has(name) === true) continue
      this.setAttribute(name, value, other.#setAt?.get(name) ?? 0)
    }
    for (const device of other.devices) this.addDevice(device)
  }
}

/** Whether a timestamp is what the API asks for; others are taken and match no segment. */
export function isUnixSeconds(timestamp: unknown): timestamp is number {
  return typeof timestamp === 'number' && timestamp >= 0 && timestamp < LARGEST_SECONDS
}
