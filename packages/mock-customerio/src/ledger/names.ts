// Names of events as small numbers, each name stored once; 0 is "no name".

export class Names {
  readonly #numbers = new Map<string, number>()
  readonly #names: (string | null)[] = [null]

  number(name: string | null): number {
    if (name === null) return 0
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.#names.length)
    return this.#names.push(name) - 1
  }

  name(number: number): string | null {
    return this.#names[number] ?? null
  }
}
