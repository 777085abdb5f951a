import type { Mutant } from './mutant.ts'

/** The source with the bug in it, or how often its text stands there when that is not once. */
export type Planted =
  | { readonly kind: 'planted'; readonly source: string }
  | { readonly kind: 'stale'; readonly matches: number }

/** Plants a bug in the text of its file. */
export function plant(
  source: string,
  { find, replace }: Pick<Mutant, 'find' | 'replace'>,
): Planted {
  const parts = source.split(find)
  if (parts.length !== 2) return { kind: 'stale', matches: parts.length - 1 }
  return { kind: 'planted', source: parts.join(replace) }
}
