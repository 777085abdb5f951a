// Refused credentials: everybody waits, and new ones are taken without a restart.

import type { Mutant } from '../mutant.ts'

const CREDENTIALS_HOLD = 'packages/delivery/src/credentials-hold.ts'
const LIVE_CREDENTIALS = 'apps/worker/src/live-credentials.ts'

const SEND_BATCH_UNAUTHORIZED_TEST = 'packages/delivery/test/send-batch-unauthorized.test.ts'
const CREDENTIALS_HOLD_TEST = 'packages/delivery/test/credentials-hold.test.ts'
const LIVE_CREDENTIALS_TEST = 'apps/worker/test/live-credentials.test.ts'

export const credentialMutants: readonly Mutant[] = [
  {
    name: 'refused-credentials-hold-nobody',
    breaks: 'While the credentials are refused, requests go on.',
    file: CREDENTIALS_HOLD,
    find: 'this.#hold = opened.promise',
    replace: 'this.#hold = status === 0 ? opened.promise : undefined',
    test: {
      file: SEND_BATCH_UNAUTHORIZED_TEST,
      name: 'refused credentials hold the batch until they are accepted, then it goes on as it was',
    },
  },
  {
    name: 'hold-never-ends',
    breaks: 'Credentials that are good again need a restart.',
    file: CREDENTIALS_HOLD,
    find: "if ((await this.#probe()) === 'accepted') break",
    replace: "if ((await this.#probe()) === 'accepted' && stop.aborted) break",
    test: {
      file: CREDENTIALS_HOLD_TEST,
      name: 'it asks ever more slowly, lets nobody pass meanwhile, and tells both ends once',
    },
  },
  {
    name: 'foreign-workspace-taken',
    breaks:
      'Events of one workspace are delivered to another when its credentials lie in the file.',
    file: LIVE_CREDENTIALS,
    find: 'if (siteId !== this.#used.CUSTOMERIO_SITE_ID) await checkWorkspace(siteId)',
    replace: 'if (siteId === this.#used.CUSTOMERIO_SITE_ID) await checkWorkspace(siteId)',
    test: {
      file: LIVE_CREDENTIALS_TEST,
      name: 'those of another site are taken when it is of the same workspace, and only then',
    },
  },
  {
    name: 'new-credentials-not-read',
    breaks: 'Credentials that were replaced in their file are never taken.',
    file: LIVE_CREDENTIALS,
    find: 'if (found === null || isSame(found, this.#used)) return',
    replace: 'if (found === null || isSame(found, found)) return',
    test: { file: LIVE_CREDENTIALS_TEST, name: 'a probe takes new credentials first, once' },
  },
]
