// Reads the documents that are held to the code.

import { readFileSync } from 'node:fs'

/** The text of `docs/<name>`. */
export function readDocument(name: string): string {
  return readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')
}

/** Rows of all tables: trimmed cells, without back quotes. */
export function tableRows(text: string): string[][] {
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[ |-]+\|$/.test(line))
  return lines.map((line) => {
    return line
      .slice(1, line.lastIndexOf('|'))
      .split('|')
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1'))
  })
}

/** The rows of the table with this head. */
export function tableBelow(text: string, head: readonly string[]): string[][] {
  const tables = text.split(/\n(?!\|)/).map((part) => tableRows(part))
  const found = tables.find(([first]) => first?.join() === head.join())
  if (found === undefined) throw new Error(`no table has the head ${head.join(', ')}`)
  return found.slice(1)
}

/** The blocks of JSON, read. */
export function jsonBlocks(text: string): unknown[] {
  return Array.from(text.matchAll(/```json\n(.*?)```/gs), ([, block = '']): unknown => {
    return JSON.parse(block)
  })
}
