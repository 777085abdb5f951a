// What a test of the mock starts with: a mock of its own on a free port, closed when the test ends, and
// a plain sender. Nothing is shared between tests.
import { connect, type Socket } from 'node:net'
import { onTestFinished, vi } from 'vitest'
import { startMock, type Clock, type Mock, type MockOptions } from '../src/index.ts'

// Hundreds of requests on a machine that may be busy with other things: slow is no failure.
vi.setConfig({ testTimeout: 60_000 })

export interface Reply {
  status: number
  headers: Headers
  text: string
}

export interface Bundle {
  mock: Mock
  /** Sends one request with the right credentials. */
  call: (method: string, path: string, body?: unknown) => Promise<Reply>
  batch: (operations: unknown[]) => Promise<Reply>
  /** To the control API; returns the parsed answer. */
  control: (method: string, path: string, body?: unknown) => Promise<unknown>
}

export async function setup(options: MockOptions = {}): Promise<Bundle> {
  const mock = await startMock(options)
  onTestFinished(() => mock.close())
  const call: Bundle['call'] = (method, path, body) => {
    return send(mock.url + path, method, body, basic(mock.settings.siteId, mock.settings.apiKey))
  }
  return {
    mock,
    call,
    batch: (operations) => call('POST', '/api/v2/batch', { batch: operations }),
    control: async (method, path, body) => {
      return JSON.parse((await send(`${mock.url}/_mock/${path}`, method, body, '')).text) as unknown
    },
  }
}

/** @param body text and bytes are sent as they are, anything else as JSON */
export async function send(
  url: string,
  method: string,
  body: unknown,
  authorization: string,
): Promise<Reply> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array || body === undefined
  const raw = isRaw ? body : JSON.stringify(body)
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { authorization, 'content-type': 'application/json' },
    ...(raw === undefined ? {} : { body: raw }),
  })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

export function basic(siteId: string, apiKey: string): string {
  return `Basic ${Buffer.from(`${siteId}:${apiKey}`).toString('base64')}`
}

/** A bare connection to the mock, for what an HTTP client would not do. */
export function openSocket(mock: Mock): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(mock.port, '127.0.0.1', () => resolve(socket))
    socket.once('error', reject)
    onTestFinished(() => void socket.destroy())
  })
}

/** Head of a v2 batch request that announces `length` bytes. */
export function batchHead(mock: Mock, length: number): string {
  const authorization = basic(mock.settings.siteId, mock.settings.apiKey)
  const lines = ['POST /api/v2/batch HTTP/1.1', 'host: mock', `authorization: ${authorization}`]
  return [...lines, `content-length: ${length}`, '', ''].join('\r\n')
}

/** Time that stands still until the test moves it. */
export class FakeClock implements Clock {
  #nowMs = 1_760_000_000_000
  #due: { atMs: number; run: () => void }[] = []

  now(): number {
    return this.#nowMs
  }

  after(delayMs: number, run: () => void): () => void {
    const entry = { atMs: this.#nowMs + delayMs, run }
    this.#due.push(entry)
    return () => {
      this.#due = this.#due.filter((other) => other !== entry)
    }
  }

  advance(byMs: number): void {
    this.#nowMs += byMs
    const due = this.#due.filter(({ atMs }) => atMs <= this.#nowMs)
    this.#due = this.#due.filter(({ atMs }) => atMs > this.#nowMs)
    for (const { run } of due) run()
  }
}

export function identify(id: string, attributes: Record<string, unknown> = {}): object {
  return { type: 'person', action: 'identify', identifiers: { id }, attributes }
}

export function event(id: string, name: string, more: Record<string, unknown> = {}): object {
  return { type: 'person', action: 'event', identifiers: { id }, name, ...more }
}

/** A ULID that ends in the given number. */
export function ulid(number: number): string {
  return `01HM0000000000${String(number).padStart(12, '0')}`
}

/** The same numbers in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
