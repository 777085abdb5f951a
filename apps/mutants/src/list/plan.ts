// What an event means: its key, what people may see of it, and what a change of the plan breaks.

import type { Mutant } from '../mutant.ts'

const KEY_PARTS = 'packages/events/src/definitions/key-parts.ts'
const MASK_PERSONAL = 'packages/events/src/mask-personal.ts'
const DIFF_FIELDS = 'packages/ops/src/plan/diff/diff-fields.ts'
const DIFF_PLANS = 'packages/ops/src/plan/diff/diff-plans.ts'

const KEY_PARTS_TEST = 'packages/events/test/definitions/key-parts.test.ts'
const MASK_PERSONAL_TEST = 'packages/events/test/mask-personal.test.ts'
const DIFF_PLANS_TEST = 'packages/ops/test/plan/diff/diff-plans.test.ts'

export const planMutants: readonly Mutant[] = [
  {
    name: 'spoilt-data-has-a-key',
    breaks: 'Events of all customers whose data lacks an id are dropped but for one.',
    file: KEY_PARTS,
    find: `return typeof id === 'string' && id !== '' ? id : undefined`,
    replace: 'return String(id)',
    test: { file: KEY_PARTS_TEST, name: 'is none where its' },
  },
  {
    name: 'order-and-parcel-share-a-key',
    breaks: 'A parcel of one order is dropped for another order that has the same id.',
    file: KEY_PARTS,
    find: 'return id === undefined ? undefined : `order:${id}`',
    replace: 'return id',
    test: { file: KEY_PARTS_TEST, name: 'tells an order from a part of another order' },
  },
  {
    name: 'unnamed-field-shown',
    breaks: 'A new field of a service shows addresses before somebody has said what it is.',
    file: MASK_PERSONAL,
    find: 'if (!named.some(isHere)) return MASK',
    replace: '',
    test: { file: MASK_PERSONAL_TEST, name: 'hides what the plan does not know' },
  },
  {
    name: 'personal-field-shown',
    breaks: 'Whoever looks at live events reads names and addresses.',
    file: MASK_PERSONAL,
    find: 'if (personal.some(isHere)) return MASK',
    replace: 'if (personal.every(isHere) && personal.length > 9) return MASK',
    test: { file: MASK_PERSONAL_TEST, name: 'has its personal fields masked, at any depth' },
  },
  {
    name: 'rename-not-seen-by-diff',
    breaks: 'A renamed field passes the CI of its service.',
    file: DIFF_FIELDS,
    find: `breaking(at(name), 'renamed', `,
    replace: `harmless(at(name), 'renamed', `,
    test: { file: DIFF_PLANS_TEST, name: 'a renamed field' },
  },
  {
    name: 'lost-key-not-seen-by-diff',
    breaks: 'An event that loses its key is told twice from then on, and no CI says so.',
    file: DIFF_PLANS,
    find: 'if (had && !has)',
    replace: 'if (!had && !has)',
    test: { file: DIFF_PLANS_TEST, name: 'that gains or loses its key is breaking' },
  },
]
