// Colours, for people at a terminal only; NO_COLOR switches them off.

import type { Screen, Surroundings } from '../surroundings.ts'

/** Paints text, or leaves it as it is. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
}

/** The style of a screen. */
export function styleOf(screen: Screen, env: Surroundings['env']): Style {
  const isPlain = !screen.isTerminal || Boolean(env['NO_COLOR']) || env['TERM'] === 'dumb'
  const paint = (code: number): ((text: string) => string) =>
    isPlain ? (text) => text : (text) => `\u001b[${code}m${text}\u001b[0m`
  return { bold: paint(1), dim: paint(2), red: paint(31), green: paint(32), yellow: paint(33) }
}
