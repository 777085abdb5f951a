// A table of aligned columns. Cells are padded before they are painted, so that colours do not count as width. On a
// terminal the last column is cut so that a row stays on its line; on a pipe nothing is cut.

import type { Screen } from '../surroundings.ts'

/** A column. */
export interface Column {
  readonly title: string
  /** Numbers are aligned to the right. Default `left`. */
  readonly align?: 'left' | 'right'
}

/** The lines of a table; `paint` may colour a whole row, by its index. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  screen: Pick<Screen, 'isTerminal' | 'columns'>,
): string[] {
  const all = [columns.map(({ title }) => title), ...rows]
  const widths = columns.map((_, index) => Math.max(...all.map((row) => width(row[index] ?? ''))))
  return all.map((row) => {
    const cells = columns.map(({ align }, index) =>
      pad(row[index] ?? '', widths[index] ?? 0, align),
    )
    const line = cells.join('  ').trimEnd()
    const { isTerminal, columns: most } = screen
    return isTerminal && most !== undefined ? cut(line, most) : line
  })
}

/** Characters, not UTF-16 units. */
function width(text: string): number {
  return Array.from(text).length
}

function pad(text: string, size: number, align: Column['align'] = 'left'): string {
  const space = ' '.repeat(Math.max(0, size - width(text)))
  return align === 'right' ? space + text : text + space
}

function cut(line: string, most: number): string {
  const characters = Array.from(line)
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`
}
