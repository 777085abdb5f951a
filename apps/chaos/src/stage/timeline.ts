// What happened when, for a person: the faults as they were done, and what the processes said of themselves. Each line
// is "14:03:07.120 worker-2 SIGSTOP".

interface Entry {
  readonly at: number
  readonly who: string
  readonly what: string
}

/** The timeline of a run. */
export class Timeline {
  readonly #entries: Entry[] = []

  note(who: string, what: string, at: number = Date.now()): void {
    this.#entries.push({ at, who, what })
  }

  /** In the order of time. */
  render(): string {
    const entries = this.#entries.toSorted((one, other) => one.at - other.at)
    return entries.map(({ at, who, what }) => `${clockTime(at)} ${who} ${what}\n`).join('')
  }
}

function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 23)
}
