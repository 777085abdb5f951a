// Starts the mock: one HTTP server for the Track API, the control API and the page.
// Fails with a MockStartError when the port cannot be had; the message names the way out.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock, type Clock } from './clock.ts'
import { handleControl, type ControlledMock } from './control/handle-control.ts'
import { Controls } from './controls.ts'
import { handleTrack, type TrackContext } from './http/handle-track.ts'
import { respondHtml } from './http/respond.ts'
import type { Mock } from './mock.ts'
import { PAGE_POLICY, renderPage } from './page/page.ts'
import { fixedOptionsFrom, settingsFrom, type MockOptions } from './settings.ts'

/** The mock could not listen, or not write its receipts. */
export class MockStartError extends Error {
  override readonly name: string = 'MockStartError'
  /** Node's code: `EADDRINUSE`, `EACCES`, … */
  readonly code: string

  constructor(message: string, code: string, cause: unknown) {
    super(message, { cause })
    this.code = code
  }
}

export async function startMock(options: MockOptions = {}): Promise<Mock> {
  const clock = options.clock ?? systemClock
  const controls = controlsFor(clock, options)
  const methods = controls.methods()
  const server = serverFor(controls.context(), methods, options.keepAliveMs ?? 600_000)
  const host = options.host ?? '127.0.0.1'
  const port = await listen(server, host, options.port ?? 0)
  const close = async (): Promise<void> => {
    controls.waiters.rejectAll('the mock was closed')
    await closeServer(server)
    controls.flush()
  }
  return {
    ...methods,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    close,
  }
}

function controlsFor(clock: Clock, options: MockOptions): Controls {
  try {
    return new Controls(clock, settingsFrom(options), fixedOptionsFrom(options))
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    throw new MockStartError(`The receipts cannot be written: ${message}.`, code, error)
  }
}

function serverFor(context: TrackContext, mock: ControlledMock, keepAliveMs: number): Server {
  const options = { keepAliveTimeout: keepAliveMs, noDelay: true }
  return createServer(options, (request, response) => {
    handle(context, mock, request, response).catch((error: unknown) => fail(response, error))
  })
}

async function handle(
  context: TrackContext,
  mock: ControlledMock,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://mock')
  if (pathname.startsWith('/_mock/')) return handleControl(mock, request, response)
  if (pathname !== '/' || request.method !== 'GET') return handleTrack(context, request, response)
  respondHtml(response, renderPage(mock, searchParams.get('customer') ?? ''), PAGE_POLICY)
}

/** A bug of the mock's own must be seen as one: not as an answer of Customer.io, nor as silence. */
function fail(response: ServerResponse, error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
  response.destroy()
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new MockStartError(adviceFor(error, host, port), error.code ?? '', error))
    })
    server.listen(port, host, () => resolve(addressOf(server).port))
  })
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on a port')
  return address
}

function adviceFor(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} on ${host} is in use. End the program that has it, or choose another port with --port N (0 takes a free one).`
  }
  return `The mock cannot listen on ${host}:${port} (${error.message}). Choose another host or port with --host and --port.`
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
