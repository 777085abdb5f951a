import { describe, expect, it } from 'vitest'

import { createProducer, retentionPlan } from '../src/index.ts'
import type { ProducerOptions } from '../src/index.ts'
import { readOptions } from '../src/options.ts'

const valid: ProducerOptions = { namespace: 'production', redis: 'redis://127.0.0.1:1' }

describe('the options of a producer', () => {
  it('have defaults', () => {
    expect(readOptions(valid, retentionPlan)).toMatchObject({
      enqueueTimeoutMs: 2000,
      maxPendingEvents: 10_000,
      replicas: 0,
      allowCustomerIds: [],
    })
  })

  it('are refused with every fault at once', async () => {
    const made = createProducer({
      namespace: 'Production',
      redis: undefined,
      service: 'Checkout 1.4.2',
      enqueueTimeoutMs: 0,
      maxPendingEvents: 0.5,
      replicas: -1,
      // A service in JavaScript.
      allowCustomerIds: ['name' as 'email'],
    })
    await expect(made).rejects.toMatchObject({
      code: 'RELAY_CONFIG_INVALID',
      details: {
        faults: [
          expect.stringContaining('namespace'),
          expect.stringContaining('enqueueTimeoutMs'),
          expect.stringContaining('maxPendingEvents'),
          expect.stringContaining('replicas'),
          expect.stringContaining('allowCustomerIds'),
          expect.stringContaining('service'),
          expect.stringContaining('REDIS_URL'),
        ],
      },
    })
  })

  it('with an address that cannot be understood are refused, without its password', async () => {
    const made = createProducer({ ...valid, redis: 'http://:hunter2@localhost' })
    await expect(made).rejects.toMatchObject({ code: 'RELAY_CONFIG_INVALID' })
    await expect(made).rejects.not.toThrow('hunter2')
  })
})
