// Which credentials a probe is made with, once those in use were refused.
import { pino } from 'pino'
import { expect, test } from 'vitest'

import { LiveCredentials } from '../src/live-credentials.ts'
import type { Credentials } from '../src/live-credentials.ts'

const OLD: Credentials = { CUSTOMERIO_SITE_ID: 'site', CUSTOMERIO_API_KEY: 'old' }

/** `ours`: the site id of the namespace's workspace. */
function setup(ours = 'site') {
  let found: Credentials | null = OLD
  /** API keys in the order in which they were taken; `probe` where one was asked. */
  const steps: string[] = []
  const live = new LiveCredentials({
    destination: {
      setCredentials: ({ apiKey }) => void steps.push(apiKey),
      probe: () => {
        steps.push('probe')
        return Promise.resolve({ kind: 'refused', status: 401 })
      },
    },
    credentials: OLD,
    read: () => found,
    checkWorkspace: (siteId) =>
      siteId === ours ? Promise.resolve() : Promise.reject(new Error('another workspace')),
    logger: pino({ level: 'silent' }),
  })
  const find = (credentials: Credentials | null): void => void (found = credentials)
  return { live, steps, find }
}

test('a probe takes new credentials first, once', async () => {
  const { live, steps, find } = setup()
  await live.probe()
  find({ ...OLD, CUSTOMERIO_API_KEY: 'new' })
  await live.probe()
  await live.probe()
  expect(steps).toEqual(['probe', 'new', 'probe', 'probe'])
})

test('those of another site are taken when it is of the same workspace, and only then', async () => {
  const theirs = { CUSTOMERIO_SITE_ID: 'other', CUSTOMERIO_API_KEY: 'theirs' }
  const foreign = setup()
  foreign.find(theirs)
  await foreign.live.probe()
  expect(foreign.steps).toEqual(['probe'])
  const ours = setup('other')
  ours.find(theirs)
  await ours.live.probe()
  expect(ours.steps).toEqual(['theirs', 'probe'])
})

test('credentials with a fault change nothing', async () => {
  const { live, steps, find } = setup()
  find(null)
  await live.probe()
  expect(steps).toEqual(['probe'])
})
