// The name of a field as faults show it. Names come from the data, and some data has values for names, as in
// `{ "anna@example.com": 2 }`: faults end in logs and dead letters, where no value may be.

import { VALUE_KEY } from './drift/event-profile.ts'

/** What names of fields look like. A space, a dot or a plus says that it is something else. */
const NAME = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u

/** The name, or `*` for one that may be a value. */
export function shownName(name: string): string {
  return NAME.test(name) && !VALUE_KEY.test(name) ? name : '*'
}
