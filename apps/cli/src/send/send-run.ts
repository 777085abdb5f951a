// Sends the lines of a stream. Lines come in as fast as there is room in a window, bad ones are put aside at once, good
// ones go to the producer in batches; while batches are on their way, further lines gather. What Redis refuses, or
// leaves without an answer, is tried again under the same id, and nothing of the same customer goes ahead of it.
//
// It ends complete, when everything is settled; or because Redis has accepted nothing for a while; or because a person
// interrupts. In the last two cases reading stops, what is on its way is waited for, and what was read and not accepted
// is put aside with the rest: accepted + rejected is always the number of lines read.

import { RelayError } from '@retention-relay/events'
import { EnqueueError } from '@retention-relay/producer'
import type { EnqueueResult } from '@retention-relay/producer'

import { CustomerQueues } from './customer-queues.ts'
import type { Line } from './lines.ts'
import { parseLine } from './parse-line.ts'
import type { SendInput } from './parse-line.ts'
import type { ProgressFacts } from './progress.ts'

/** How a run ended. */
export type SendEnd = 'complete' | 'redis' | 'interrupted'

/** What became of the lines. */
export interface SendResult {
  readonly end: SendEnd
  /** Lines read, blank ones left out. */
  readonly lines: number
  readonly accepted: number
  readonly rejected: number
  /** Number of the last line read; 0 when there was none. */
  readonly lastLine: number
}

/** What a run needs. */
export interface SendParts {
  /** Stores events, unchecked so far; one result for each, in order. */
  readonly enqueue: (events: readonly SendInput[]) => Promise<EnqueueResult[]>
  readonly rejects: {
    readonly add: (line: Line, error: RelayError) => void
    /** Resolves when it can take more. */
    readonly flushed: () => Promise<void>
  }
  readonly progress: (facts: ProgressFacts) => void
  /** Ends the stream of lines. */
  readonly stopReading: () => void
  /** How long to go on while Redis accepts nothing. */
  readonly retryForMs: number
  readonly monotonicMs: () => number
  readonly pause: (delayMs: number) => Promise<unknown>
}

interface SendLine extends Line {
  readonly customer: string
  readonly input: SendInput
  /** Why the last attempt failed. */
  readonly error?: RelayError
}

/** Most lines that are read and not settled. */
export const WINDOW_LINES = 10_000
const WINDOW_BYTES = 16 * 1024 * 1024
const BATCH_EVENTS = 500
const MAX_BATCHES = 4
const RETRY_PAUSE_MS = 250

/** One run. */
export class SendRun {
  readonly #parts: SendParts
  readonly #queues = new CustomerQueues<SendLine>()
  /** Size of the lines that are not settled. */
  #windowBytes = 0
  #readBytes = 0
  #lines = 0
  #accepted = 0
  #rejected = 0
  #lastLine = 0
  /** Batches on their way. */
  #batches = 0
  /** Lines that wait for another attempt. */
  #resting = 0
  /** When Redis accepted an event last, or the run began. */
  #progressMs: number
  #end: SendEnd = 'complete'
  /** A bug: what `enqueue` rejected with. */
  #bug: unknown
  /** Called after each change; set by `#until`. */
  #changed: (() => void) | undefined

  constructor(parts: SendParts) {
    this.#parts = parts
    this.#progressMs = parts.monotonicMs()
  }

  /** Sends all lines. Rejects when the stream of lines does. */
  async run(lines: AsyncIterable<Line>): Promise<SendResult> {
    try {
      for await (const line of lines) {
        await this.#until(() => this.#hasRoom() || this.#end !== 'complete')
        await this.#parts.rejects.flushed()
        this.#read(line)
        if (this.#end !== 'complete') break
      }
    } catch (error) {
      if (this.#end === 'complete') throw error
    }
    await this.#until(() => this.#queues.size === 0 || this.#end !== 'complete')
    await this.#until(() => this.#batches === 0 && this.#resting === 0)
    for (const line of this.#queues.drain()) this.#reject(line, line.error ?? notSent())
    const counts = { lines: this.#lines, accepted: this.#accepted, rejected: this.#rejected }
    return { end: this.#end, ...counts, lastLine: this.#lastLine }
  }

  /** Ends the run early. */
  stop(end: Exclude<SendEnd, 'complete'>): void {
    if (this.#end !== 'complete') return
    this.#end = end
    this.#parts.stopReading()
    this.#changed?.()
  }

  #hasRoom(): boolean {
    return this.#queues.size < WINDOW_LINES && this.#windowBytes < WINDOW_BYTES
  }

  #read(line: Line): void {
    this.#lines += 1
    this.#lastLine = line.number
    this.#readBytes += line.bytes + 1
    try {
      const input = parseLine(line)
      this.#windowBytes += line.bytes
      this.#queues.add({ ...line, input, customer: String(input['customerId']) })
      this.#pump()
    } catch (error) {
      if (!(error instanceof RelayError)) throw error
      this.#rejected += 1
      this.#parts.rejects.add(line, error)
    }
  }

  #pump(): void {
    while (this.#end === 'complete' && this.#batches < MAX_BATCHES && this.#queues.readyCount > 0) {
      void this.#send(this.#queues.take(BATCH_EVENTS))
    }
  }

  async #send(batch: readonly SendLine[]): Promise<void> {
    this.#batches += 1
    try {
      this.#settle(batch, await this.#parts.enqueue(batch.map(({ input }) => input)))
    } catch (error) {
      this.#bug ??= error
    }
    this.#batches -= 1
    this.#pump()
    this.#report()
    this.#changed?.()
  }

  #settle(batch: readonly SendLine[], results: readonly EnqueueResult[]): void {
    const again: SendLine[] = []
    for (const [index, line] of batch.entries()) {
      const result = results[index]
      if (result === undefined) throw new Error('a batch has fewer results than events')
      if (result.ok) this.#accept(line)
      else if (result.error.retryable) again.push(retryOf(line, result.error))
      else this.#rejectTaken(line, result.error)
    }
    if (again.length > 0) void this.#rest(again)
  }

  /** Tries lines again after a pause, or gives up. */
  async #rest(lines: readonly SendLine[]): Promise<void> {
    this.#resting += lines.length
    if (this.#parts.monotonicMs() - this.#progressMs > this.#parts.retryForMs) this.stop('redis')
    if (this.#end === 'complete') await this.#parts.pause(RETRY_PAUSE_MS)
    this.#resting -= lines.length
    this.#queues.putBack(lines)
    this.#pump()
    this.#changed?.()
  }

  #accept(line: SendLine): void {
    this.#accepted += 1
    this.#progressMs = this.#parts.monotonicMs()
    this.#windowBytes -= line.bytes
    this.#queues.done(line)
  }

  #rejectTaken(line: SendLine, error: RelayError): void {
    this.#windowBytes -= line.bytes
    this.#queues.done(line)
    this.#reject(line, error)
  }

  #reject(line: Line, error: RelayError): void {
    this.#rejected += 1
    this.#parts.rejects.add(line, error)
  }

  #report(): void {
    this.#parts.progress({
      readBytes: this.#readBytes,
      accepted: this.#accepted,
      rejected: this.#rejected,
      waiting: this.#resting > 0,
    })
  }

  async #until(condition: () => boolean): Promise<void> {
    while (this.#bug === undefined && !condition()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
    if (this.#bug !== undefined) throw this.#bug
  }
}

/** Under the same id and time, so that whatever became of the first attempt it is delivered once. */
function retryOf(line: SendLine, error: RelayError): SendLine {
  if (!(error instanceof EnqueueError)) return { ...line, error }
  const { idempotencyKey: _key, ...input } = line.input
  const { eventId: id, occurredAt } = error
  return { ...line, error, input: { ...input, id, occurredAt } }
}

function notSent(): RelayError {
  return new RelayError('RELAY_ENQUEUE_REFUSED', 'The line was read and not sent before the end.')
}
