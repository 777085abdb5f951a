import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startMock } from '@retention-relay/mock-customerio'
import { expect, onTestFinished, test } from 'vitest'

import { checkFolder, readHistory } from '../../src/index.ts'
import type { CalledRecord } from '../../src/index.ts'

const CALLED: CalledRecord = {
  kind: 'called',
  call: 1,
  at: 1_000,
  id: '01HM0000000000000000000001',
  customerId: 'cus_42',
  op: 'track',
  name: 'order_placed',
  occurredAt: 1_000,
  mark: '',
}
const ACKNOWLEDGED = { kind: 'acknowledged', call: 1, at: 1_001 }
const COUNTS = { accepted: 1, delivered: 1, duplicate: 0, dead: 0, pending: 0 }
const RUN = {
  rateLimit: 100,
  workers: [{ from: 0, until: 9_000 }],
  disturbances: [],
  wipes: [],
  failovers: [],
}

/** A folder in which one event was acknowledged; `files` are put in place of its own. */
function setup(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-history-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const all = {
    'producer-1.ndjson': ndjson(CALLED, ACKNOWLEDGED),
    'receipts.ndjson': '',
    'dead-letters.ndjson': '',
    'unfinished.json': '[]',
    'counts.json': JSON.stringify(COUNTS),
    'run.json': JSON.stringify(RUN),
    'notes.txt': 'not a part of the history',
    ...files,
  }
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text)
  return folder
}

function ndjson(...records: object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('')
}

function check(folder: string): [number, string[]] {
  const lines: string[] = []
  return [checkFolder(folder, (line) => lines.push(line)), lines]
}

test('the receipts that the mock writes are read, and a whole run of it has no finding', async () => {
  const folder = setup()
  const mock = await startMock({ receiptsFile: join(folder, 'receipts.ndjson') })
  const identifiers = { id: CALLED.customerId }
  const { id, name } = CALLED
  const operation = { type: 'person', action: 'event', identifiers, name, id, timestamp: 1 }
  const authorization = `Basic ${btoa(`${mock.settings.siteId}:${mock.settings.apiKey}`)}`
  const body = JSON.stringify({ batch: [operation] })
  await fetch(`${mock.url}/api/v2/batch`, { method: 'POST', headers: { authorization }, body })
  await mock.close()
  expect(readHistory(folder).receipts).toMatchObject([
    { kind: 'opened', request: 1 },
    { kind: 'operation', id, customerId: 'cus_42', timestamp: 1, mark: '', outcome: 'applied' },
    { kind: 'ended', ending: '200' },
  ])
  const [code, lines] = check(folder)
  expect([code, lines.length]).toEqual([0, 1])
  expect(JSON.parse(lines[0]!)).toMatchObject({ lost: 0, repeated: 0, overlaps: 0, rateFaults: 0 })
})

test('a finding is a line with its time and its ids, and the program ends with 1', () => {
  const [code, lines] = check(setup({ 'counts.json': JSON.stringify({ ...COUNTS, delivered: 0 }) }))
  expect(code).toBe(1)
  expect(lines.slice(0, -1)).toEqual([
    '00:00:01.001 lost: 01HM0000000000000000000001 of cus_42, acknowledged to producer-1, was never received',
    'count fault: accepted = delivered + duplicate + dead + pending: 1 and 0',
  ])
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ lost: 1, countFaults: 1, doubled: 0 })
})

test('the torn last line of a killed process is no fact: its call has an unknown end', () => {
  const torn = `${JSON.stringify(CALLED)}\n${JSON.stringify(ACKNOWLEDGED).slice(0, -3)}`
  const folder = setup({ 'producer-1.ndjson': torn })
  expect(readHistory(folder).producers).toEqual([{ process: 'producer-1', records: [CALLED] }])
})

test.each([
  ['producer-1.ndjson', '{"kind":"cal\n{}\n', 'producer-1.ndjson:1 is not JSON'],
  ['dead-letters.ndjson', '{"id":"a"', 'the last line is torn'],
  ['counts.json', '', 'counts.json is not JSON'],
  ['producer-1.ndjson', ndjson(ACKNOWLEDGED), 'producer-1: call 1 ends and is not open'],
  ['receipts.ndjson', ndjson({ kind: 'ended', request: 7 }), 'request 7 is not open'],
  [
    'producer-1.ndjson',
    ndjson(...['a', 'b'].map((id) => ({ ...CALLED, id, op: 'delete' }))),
    'a and b cannot be told apart',
  ],
])('a recording that is at fault is said to be, and the program ends with 2: %s %j', (...fault) => {
  const [file, text, message] = fault
  expect(check(setup({ [file]: text }))).toEqual([2, [expect.stringContaining(message)]])
})
