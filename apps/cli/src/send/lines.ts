// Bytes to lines, with bounded memory whatever arrives: a line longer than the limit is cut and passed on as a fault,
// and so is one that is not UTF-8. Blank lines are skipped and still counted by their number.

/** A line of the input. */
export interface Line {
  /** 1-based. */
  readonly number: number
  /** Without its end; cut where it is too long. */
  readonly text: string
  /** Its size in the input, in bytes. */
  readonly bytes: number
  /** Why it cannot be read. */
  readonly fault?: 'too_long' | 'not_utf8'
}

/** Longest line in bytes: 30 times the largest event that Customer.io takes. */
export const MAX_LINE_BYTES = 1_048_576

const LINE_FEED = 0x0a

/** The lines of a stream. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const splitter = new Splitter()
  for await (const chunk of chunks) {
    let from = 0
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, from)
      if (end === -1) break
      splitter.add(chunk.subarray(from, end))
      yield* splitter.end()
      from = end + 1
    }
    splitter.add(chunk.subarray(from))
  }
  yield* splitter.end()
}

/** Gathers the pieces of one line. */
class Splitter {
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true })
  #pieces: Uint8Array[] = []
  /** Bytes that are kept, and bytes that there were. */
  #kept = 0
  #bytes = 0
  #number = 0

  add(piece: Uint8Array): void {
    this.#bytes += piece.length
    const kept = piece.subarray(0, MAX_LINE_BYTES - this.#kept)
    if (kept.length === 0) return
    this.#pieces.push(kept)
    this.#kept += kept.length
  }

  /** The line, unless it is blank. */
  *end(): Generator<Line> {
    const content = Buffer.concat(this.#pieces)
    const isCut = this.#bytes > this.#kept
    const size = { number: (this.#number += 1), bytes: this.#bytes }
    this.#pieces = []
    this.#kept = 0
    this.#bytes = 0
    if (isCut) {
      yield { ...size, text: content.toString('utf8'), fault: 'too_long' }
      return
    }
    const text = this.#decode(content)
    if (text === null) yield { ...size, text: content.toString('utf8'), fault: 'not_utf8' }
    else if (text.trim() !== '') yield { ...size, text: text.trim() }
  }

  /** A byte order mark at the beginning is dropped. */
  #decode(content: Uint8Array): string | null {
    try {
      return this.#utf8.decode(content)
    } catch {
      return null
    }
  }
}
