// Bytes to lines, whatever the pieces in which they arrive.

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { MAX_LINE_BYTES, readLines } from '../../src/send/lines.ts'
import type { Line } from '../../src/send/lines.ts'

async function linesOf(...chunks: (string | Uint8Array)[]): Promise<Line[]> {
  const bytes = chunks.map((chunk) => Buffer.from(chunk))
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* bytes
  }
  const lines: Line[] = []
  for await (const line of readLines(stream())) lines.push(line)
  return lines
}

const textsOf = (lines: readonly Line[]): string[] => lines.map(({ text }) => text)

test('each line has its number, also behind blank ones', async () => {
  const lines = await linesOf('one\n\n  \ntwo\r\nthree')
  expect(lines.map(({ number, text }) => [number, text])).toEqual([
    [1, 'one'],
    [4, 'two'],
    [5, 'three'],
  ])
})

test('an empty input has no lines', async () => {
  expect(await linesOf()).toEqual([])
  expect(await linesOf('')).toEqual([])
  expect(await linesOf('\n\n')).toEqual([])
})

test('how the bytes are cut into pieces changes nothing', async () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(50)), async (parts, cuts) => {
      const whole = Buffer.from(parts.join('\n'))
      const at = [...cuts.map((cut) => Math.min(cut, whole.length)), 0, whole.length].toSorted(
        (one, other) => one - other,
      )
      const pieces = at.slice(1).map((end, index) => whole.subarray(at.at(index), end))
      expect(await linesOf(...pieces)).toEqual(await linesOf(whole))
    }),
  )
})

test('a byte order mark at the beginning is not part of the first line', async () => {
  expect(textsOf(await linesOf('\uFEFF{"op":1}\n'))).toEqual(['{"op":1}'])
})

test('a line over the limit is a fault, is cut, and the next one is whole', async () => {
  const lines = await linesOf('x'.repeat(MAX_LINE_BYTES), 'yz\nnext\n')
  expect(lines.map(({ number, bytes, fault }) => ({ number, bytes, fault }))).toEqual([
    { number: 1, bytes: MAX_LINE_BYTES + 2, fault: 'too_long' },
    { number: 2, bytes: 4, fault: undefined },
  ])
  expect(lines.at(0)?.text).toHaveLength(MAX_LINE_BYTES)
  expect(lines.at(1)?.text).toBe('next')
})

test('a line at the limit is whole', async () => {
  const [line] = await linesOf('x'.repeat(MAX_LINE_BYTES), '\n')
  expect(line).toMatchObject({ bytes: MAX_LINE_BYTES })
  expect(line?.fault).toBeUndefined()
})

test('a line that is not UTF-8 is a fault, and its neighbours are whole', async () => {
  const lines = await linesOf('a\n', Buffer.from([0x7b, 0xff, 0x7d, 0x0a]), 'b\n')
  expect(lines.map(({ fault }) => fault)).toEqual([undefined, 'not_utf8', undefined])
})
