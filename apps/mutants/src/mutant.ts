// A mutant: the sources with one bug planted on purpose, and the test that must see it. What breaks a guarantee and turns
// no test red is a hole in the tests, and the next change may fall into it.

/** A planted bug. */
export interface Mutant {
  /** In kebab-case; how the command line and the report call it. */
  readonly name: string
  /** What no longer holds, for a person. */
  readonly breaks: string
  /** Path in the repository of the source that is changed. */
  readonly file: string
  /** Text that stands exactly once in the file. */
  readonly find: string
  /** What stands there instead. It must compile. */
  readonly replace: string
  readonly test: NamedTest
}

/** A test that must turn red. */
export interface NamedTest {
  /** Path in the repository. */
  readonly file: string
  /** A part of the test's name; several tests may have it. */
  readonly name: string
}

/** What became of a mutant. */
export type Verdict =
  /** A test turned red. */
  | { readonly kind: 'killed'; readonly by: string }
  /** The tests stayed green. */
  | { readonly kind: 'survived' }
  /** Its text does not stand exactly once in the sources: the list must be mended. */
  | { readonly kind: 'stale'; readonly matches: number }
  /** It does not compile, or the tests could not be run: the list must be mended. */
  | { readonly kind: 'broken'; readonly cause: string }

/** A mutant and what became of it. */
export interface Judgement {
  readonly mutant: Mutant
  readonly verdict: Verdict
}
