// Recognises a rename: of what is gone and what is new at one level, two that are alike. `cart_value` that becomes
// `cartTotal` is not one field less and one more, but the same one under a name that no journey knows.

/** Something with a name that may have been renamed. */
export interface Renamable {
  readonly name: string
  /** Only things of one kind are the same under another name: the type of a field. */
  readonly kind: string
  readonly description: string
}

/** The new name of each old one that was renamed. The likest pair is taken first. */
export function findRenames(
  gone: readonly Renamable[],
  fresh: readonly Renamable[],
  leastLikeness: number = LEAST_LIKENESS,
): ReadonlyMap<string, string> {
  const pairs = gone
    .flatMap((from) => fresh.map((to) => ({ from, to, likeness: likenessOf(from, to) })))
    .filter(({ likeness }) => likeness >= leastLikeness)
    .toSorted((one, other) => other.likeness - one.likeness)
  const renames = new Map<string, string>()
  const taken = new Set<string>()
  for (const { from, to } of pairs) {
    if (renames.has(from.name) || taken.has(to.name)) continue
    renames.set(from.name, to.name)
    taken.add(to.name)
  }
  return renames
}

/** Half of the words of both names, or half of their letters. */
const LEAST_LIKENESS = 0.5

/** 0 for nothing in common; above 1 where the descriptions are the same, or the names but for their spelling. */
function likenessOf(one: Renamable, other: Renamable): number {
  if (one.kind !== other.kind) return 0
  const [words, others] = [wordsOf(one.name), wordsOf(other.name)]
  const names = Math.max(
    wordLikeness(words, others),
    letterLikeness(words.join(''), others.join('')),
  )
  const isSaidAlike = one.description !== '' && one.description === other.description
  return names + (isSaidAlike || names === 1 ? 1 : 0)
}

/** `cart_value`, `cartValue` and `cart-value` have the same words. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
}

function wordLikeness(words: readonly string[], others: readonly string[]): number {
  const shared = words.filter((word) => others.includes(word)).length
  return (2 * shared) / Math.max(1, words.length + others.length)
}

function letterLikeness(one: string, other: string): number {
  const longest = Math.max(one.length, other.length)
  return longest === 0 ? 0 : 1 - editDistance(one, other) / longest
}

/** Letters to change, to add or to take away (Levenshtein). */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let y = 1; y <= one.length; y += 1) {
    const next = [y]
    for (let x = 1; x <= other.length; x += 1) {
      const changed = (row[x - 1] ?? 0) + (one[y - 1] === other[x - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[x] ?? 0) + 1, (next[x - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
