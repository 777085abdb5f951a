import type { Mutant } from '../src/mutant.ts'

/** A mutant of a file that adds. */
export function aMutant(given: Partial<Mutant> = {}): Mutant {
  return {
    name: 'wrong-sign',
    breaks: 'One and one are nothing.',
    file: 'src/add.ts',
    find: 'one + other',
    replace: 'one - other',
    test: { file: 'test/add.test.ts', name: 'one and one are two' },
    ...given,
  }
}
