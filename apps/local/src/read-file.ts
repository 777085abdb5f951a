// Events from an NDJSON file for --file: one object a line, as the producer's `enqueue` takes them. Whether an event is
// good is for the producer to say; here a line must only be JSON.

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

import type { EnqueueInput } from '@retention-relay/producer'
import type { retentionPlan } from '@retention-relay/events'
import { RELAY_VERSION } from '@retention-relay/worker'

/** The file as a service: what is in it need not look like the sample shop's events. */
export const FILE_SERVICE: string = `event-file@${RELAY_VERSION}`

/** Reads the events; - is standard input. Throws at a line that is no JSON object, naming it. */
export async function* readEvents(
  file: string,
): AsyncGenerator<EnqueueInput<typeof retentionPlan>> {
  const input = file === '-' ? process.stdin : createReadStream(file)
  let number = 0
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1
    if (line.trim() !== '') yield parseLine(line, number)
  }
}

function parseLine(line: string, number: number): EnqueueInput<typeof retentionPlan> {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as EnqueueInput<typeof retentionPlan>
    }
  } catch {
    // Said below.
  }
  throw new Error(`line ${number} is not a JSON object; relay send reports such lines and goes on`)
}
