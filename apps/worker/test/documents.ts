// Documents of the repository, as the tests read them that hold them to the code.

import { readFileSync } from 'node:fs'

/** A file of the repository. */
export function readDocument(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
}

/** Cells of the first table below the line that begins with `header`; code marks are taken off. */
export function readTable(text: string, header: string): string[][] {
  const lines = text.split('\n')
  const first = lines.findIndex((line) => line.startsWith(`| ${header}`)) + 2
  const end = lines.findIndex((line, index) => index >= first && !line.startsWith('|'))
  return lines.slice(first, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
}
