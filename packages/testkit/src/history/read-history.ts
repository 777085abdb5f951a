// Reads the history of a run from its folder. A process that was killed leaves a torn last line, which is no fact; a torn
// line elsewhere, or a missing file, is a fault of the recording, and then nothing can be said about the run.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { History, ProducerHistory } from './history.ts'
import type { Counts, DeadLetterLine, ProducerRecord, ReceiptRecord, RunFacts } from './records.ts'

const PRODUCER_FILE = /^(producer-.+)\.ndjson$/
const NEWLINE = 0x0a

/** Throws Error that names the file, and the line. */
export function readHistory(folder: string): History {
  return {
    run: readObject(join(folder, 'run.json')) as RunFacts,
    producers: readProducers(folder),
    receipts: readLines(join(folder, 'receipts.ndjson'), true) as ReceiptRecord[],
    deadLetters: readLines(join(folder, 'dead-letters.ndjson'), false) as DeadLetterLine[],
    unfinished: readObject(join(folder, 'unfinished.json')) as string[],
    counts: readObject(join(folder, 'counts.json')) as Counts | null,
  }
}

function readProducers(folder: string): ProducerHistory[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((file) => {
      const process = PRODUCER_FILE.exec(file)?.[1]
      if (process === undefined) return []
      return [{ process, records: readLines(join(folder, file), true) as ProducerRecord[] }]
    })
}

function readObject(path: string): unknown {
  return parse(readFileSync(path, 'utf8'), path)
}

function readLines(path: string, mayBeTorn: boolean): unknown[] {
  const bytes = readFileSync(path)
  const lines: unknown[] = []
  let from = 0
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
    lines.push(parse(bytes.toString('utf8', from, end), `${path}:${lines.length + 1}`))
    from = end + 1
  }
  if (from < bytes.length && !mayBeTorn) throw new Error(`${path}: the last line is torn`)
  return lines
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`${where} is not JSON`, { cause })
  }
}
