// The faults that a test has ordered and that no request has met yet. A connection shows each request to this list
// first and is told what shall happen to it. A cut is used up by the request that meets it; a hold stays until it is
// released, and from the first request that it caught on, it holds that whole connection (order is kept).

/** A part of the request's bytes, for instance the name of a command. */
export type Match = string

/** At which point of the exchange a connection is cut. `match`: only a request that contains it. Default: any. */
export type Cut =
  | { before: 'request'; match?: Match }
  | { within: 'request'; match?: Match }
  | { after: 'request' | 'reply'; match?: Match }

export interface Hold {
  /** Resolves when the first bytes are being held. */
  readonly caught: Promise<void>
  /** Lets everything go; resolves when the target has answered or closed (where the client has gone: has read all). */
  release: () => Promise<void>
}

export interface ArmedCut {
  point: 'before-request' | 'within-request' | 'after-request' | 'after-reply'
  done: () => void
}

interface PendingCut extends ArmedCut {
  match: Match
  abandon: (why: Error) => void
}

export class ProxyFaults {
  /** Latency in each direction; written by the proxy. */
  delayMs = 0
  readonly #cuts: PendingCut[] = []
  readonly #holds = new Set<ActiveHold>()

  armCut(cut: Cut): Promise<void> {
    const point = pointOf(cut)
    return new Promise((done, abandon) => {
      this.#cuts.push({ point, match: cut.match ?? '', done, abandon })
    })
  }

  hold(match: Match = ''): Hold {
    const hold = new ActiveHold(match, () => this.#holds.delete(hold))
    this.#holds.add(hold)
    return hold
  }

  async releaseAll(): Promise<void> {
    await Promise.all([...this.#holds].map((hold) => hold.release()))
  }

  /** The cut that this request meets, which is used up by it. */
  takeCut(request: Buffer): ArmedCut | undefined {
    const index = this.#cuts.findIndex(({ match }) => request.includes(match))
    return index < 0 ? undefined : this.#cuts.splice(index, 1)[0]
  }

  /** The hold that this request meets. */
  findHold(request: Buffer): ActiveHold | undefined {
    return [...this.#holds].find(({ match }) => request.includes(match))
  }

  /** What no request has met will never take place. */
  disarm(why: string): void {
    for (const cut of this.#cuts.splice(0)) cut.abandon(new Error(why))
  }

  /** The proxy ends. */
  abandon(): void {
    this.disarm('the proxy was stopped before a request met this cut')
    this.#holds.clear()
  }
}

function pointOf(cut: Cut): ArmedCut['point'] {
  if ('before' in cut) return 'before-request'
  return 'within' in cut ? 'within-request' : `after-${cut.after}`
}

export class ActiveHold implements Hold {
  readonly match: Match
  readonly caught: Promise<void>
  readonly #onRelease: () => void
  #markCaught: () => void = () => undefined
  /** One for each connection that it holds. */
  readonly #flushes = new Set<() => Promise<void>>()

  constructor(match: Match, onRelease: () => void) {
    this.match = match
    this.#onRelease = onRelease
    this.caught = new Promise((resolve) => {
      this.#markCaught = resolve
    })
  }

  /** `flush` is called once, at the release. */
  catch(flush: () => Promise<void>): void {
    this.#flushes.add(flush)
    this.#markCaught()
  }

  async release(): Promise<void> {
    this.#onRelease()
    const flushes = [...this.#flushes]
    this.#flushes.clear()
    await Promise.all(flushes.map((flush) => flush()))
  }
}
