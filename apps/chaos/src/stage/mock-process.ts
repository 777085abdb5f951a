// The mock Customer.io in a process of its own, ordered about over its control API. It writes down what it receives.

import type { Fault, MockSettings, MockSummary } from '@retention-relay/mock-customerio'
import { startProcess } from '@retention-relay/testkit'
import type { ProcessExit, TestProcess } from '@retention-relay/testkit'

import { REFUSED_COUPON } from '../load/shop-plan.ts'
import { PROGRAMS } from './programs.ts'

/** Credentials of the run. */
export const CREDENTIALS = { siteId: 'chaos-site', apiKey: 'chaos-key' }

/** The mock of a run. */
export class MockProcess {
  readonly process: TestProcess
  readonly url: string
  /** Ends that nobody meant. */
  readonly unexpected: string[] = []
  /** Written by `stop`. */
  #isTold = false

  private constructor(process: TestProcess, url: string) {
    this.process = process
    this.url = url
    void process.exited.then(({ code, signal }) => {
      if (this.#isTold && code === 0) return
      const when = this.#isTold ? 'when it was told to stop' : 'by itself'
      this.unexpected.push(`the mock ended ${when} with ${signal ?? `code ${code}`}`)
    })
  }

  /** Resolves when it listens. `receipts`: the file that it writes. */
  static async start(receipts: string, latencyMs: number): Promise<MockProcess> {
    const { siteId, apiKey } = CREDENTIALS
    const flags = ['--site-id', siteId, '--api-key', apiKey, '--receipts', receipts]
    const process = startProcess({
      script: PROGRAMS.mock,
      args: ['--port', '0', '--json', ...flags],
    })
    const [, url = ''] = await process.waitForLine(/"url":"([^"]+)"/)
    const mock = new MockProcess(process, url)
    const rule = { name: 'page_seen', field: 'data.coupon', equals: REFUSED_COUPON }
    await mock.configure({ rejectWhen: [rule], latencyMs })
    return mock
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  async fault(fault: Fault): Promise<void> {
    await this.#control('POST', 'faults', fault)
  }

  async clearFaults(): Promise<void> {
    await this.#control('DELETE', 'faults')
  }

  async configure(settings: Partial<MockSettings>): Promise<void> {
    await this.#control('PATCH', 'settings', settings)
  }

  async summary(): Promise<MockSummary> {
    return (await this.#control('GET', 'summary')) as MockSummary
  }

  /** Ends it as a person would. */
  async stop(): Promise<ProcessExit> {
    this.#isTold = true
    return await this.process.kill('SIGTERM')
  }

  async #control(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.url}/_mock/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`the mock refuses ${method} ${path}: ${response.status}`)
    return await response.json()
  }
}
