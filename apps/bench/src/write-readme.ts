// Puts the figures of a run into the README, between the two marks of its section, so that no figure there was typed.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { Figures } from './report.ts'
import type { Stamp } from './stamp.ts'

const README = fileURLToPath(new URL('../../../README.md', import.meta.url))

/** Replaces the figures in the README. `options`: those of the bench that measured them. */
export function writeReadme(figures: Figures, options: readonly string[], of: Stamp): void {
  const text = readFileSync(README, 'utf8')
  const [begin, end] = [`<!-- bench:${figures.section} -->`, `<!-- /bench:${figures.section} -->`]
  const [before, rest = ''] = text.split(begin)
  const after = rest.split(end).at(1) ?? ''
  const written = [...figures.lines, '', ...stampLines(figures, options, of)].join('\n')
  writeFileSync(README, `${before}${begin}\n\n${written}\n\n${end}${after}`)
}

function stampLines(
  { middleOf }: Figures,
  options: readonly string[],
  { date, commit, machine }: Stamp,
): string[] {
  const command = ['npm run bench --', ...options].join(' ')
  return [
    `Written by \`${command}\` on ${date} at commit ${commit}; ${machine}; Redis with`,
    `\`appendfsync always\` on the same machine. Middle of ${middleOf}.`,
  ]
}
