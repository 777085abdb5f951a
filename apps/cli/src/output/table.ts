// A table of aligned columns. Cells are padded before they are painted, so that colours do not count as width. Where the
// last column is long, rows may be cut to a terminal's width; on a pipe nothing is cut.

import type { Screen } from '../surroundings.ts'

/** A column. */
export interface Column {
  readonly title: string
  /** Numbers are aligned to the right. Default `left`. */
  readonly align?: 'left' | 'right'
}

/** The lines of a table, the head first. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const all = [columns.map(({ title }) => title), ...rows]
  const widths = columns.map((_, index) => Math.max(...all.map((row) => width(row[index] ?? ''))))
  return all.map((row) => {
    const cells = columns.map(({ align }, index) =>
      pad(row[index] ?? '', widths[index] ?? 0, align),
    )
    return cells.join('  ').trimEnd()
  })
}

/** Cuts a line that a terminal would wrap. */
export function cutLine(line: string, screen: Pick<Screen, 'isTerminal' | 'columns'>): string {
  const { isTerminal, columns: most } = screen
  const characters = Array.from(line)
  if (!isTerminal || most === undefined || characters.length <= most) return line
  return `${characters.slice(0, most - 1).join('')}…`
}

/** Characters, not UTF-16 units. */
function width(text: string): number {
  return Array.from(text).length
}

function pad(text: string, size: number, align: Column['align'] = 'left'): string {
  const space = ' '.repeat(Math.max(0, size - width(text)))
  return align === 'right' ? space + text : text + space
}
