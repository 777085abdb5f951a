// docs/cli.md as data: its sections, the rows of their tables, and their JSON examples.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FILE = fileURLToPath(new URL('../../../docs/cli.md', import.meta.url))

/** One section of the second level. */
export interface Section {
  /** Without backticks. */
  readonly title: string
  /** Cells of each table row but the head, without backticks around them. */
  readonly rows: readonly (readonly string[])[]
  /** The examples; one that has several lines of JSON is an array of them. */
  readonly examples: readonly unknown[]
  readonly text: string
}

/** All sections in order. */
export function readCliDoc(): readonly Section[] {
  const parts = readFileSync(FILE, 'utf8').split(/^## /m).slice(1)
  return parts.map((text) => {
    const title = (text.split('\n').at(0) ?? '').replaceAll('`', '')
    return { title, text, rows: rowsOf(text), examples: examplesOf(text) }
  })
}

/** The section of a title. */
export function sectionOf(title: string): Section {
  const found = readCliDoc().find((section) => section.title === title)
  if (found === undefined) throw new Error(`docs/cli.md has no section ${title}`)
  return found
}

function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) => {
    const cells = line.slice(1, -1).split('|')
    return cells.map((cell) => cell.trim().replace(/^`(.*)`$/, '$1'))
  })
}

function examplesOf(text: string): unknown[] {
  return [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => {
    try {
      return JSON.parse(json) as unknown
    } catch {
      return json
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
    }
  })
}

/** Every path to a value, for instance `letters[].record.id`; what is below an event's own content is left out. */
export function shapeOf(value: unknown, path = ''): Set<string> {
  if (Array.isArray(value)) {
    return new Set(value.flatMap((element: unknown) => [...shapeOf(element, `${path}[]`)]))
  }
  if (typeof value !== 'object' || value === null || path.endsWith('.event')) return new Set([path])
  const inner = Object.entries(value).flatMap(([key, field]) => [
    ...shapeOf(field, `${path}.${key}`),
  ])
  return new Set(inner)
}
