// The control API, all JSON, no credentials:
//
//   GET    /_mock/summary                    the counts (ledger/summary.ts)
//   GET    /_mock/received[?customer=ID][&attributes=1][&limit=N]
//                                            what was applied, per customer, in order
//   GET    /_mock/person?id=ID               one profile: attributes and devices
//   GET    /_mock/faults                     faults in force
//   POST   /_mock/faults                     put a fault in force (faults/fault.ts) → {"id":1}
//   DELETE /_mock/faults[/ID]                end all of them, or one
//   GET    /_mock/settings                   settings, without the API key
//   PATCH  /_mock/settings                   change settings (settings.ts)
//   POST   /_mock/reset                      forget everything but the settings
//   GET    /_mock/page[?customer=ID]         the moving parts of the page for people
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseBody, readBody } from '../http/read-body.ts'
import { respondJson } from '../http/respond.ts'
import type { Mock } from '../mock.ts'
import { renderFragments } from '../page/fragments.ts'
import { readSettings } from './read-settings.ts'
import { receivedByCustomer } from './received-by-customer.ts'

export type ControlledMock = Omit<Mock, 'url' | 'port' | 'close'>

interface Reply {
  status: number
  value: unknown
}

interface Ask {
  mock: ControlledMock
  query: URLSearchParams
  body: unknown
  /** What follows `/_mock/faults/`. */
  rest: string
}

const LARGEST_BODY_BYTES = 1_000_000

const ROUTES: Record<string, (ask: Ask) => Reply> = {
  'GET summary': ({ mock }) => ok(mock.summary()),
  'GET received': ({ mock, query }) => ok(receivedByCustomer(mock, query)),
  'GET person': ({ mock, query }) => found(mock.person(query.get('id') ?? '')),
  'GET faults': ({ mock }) => ok(mock.faults()),
  'POST faults': addFault,
  'DELETE faults': clearFaults,
  'GET settings': ({ mock }) => ok(visibleSettings(mock)),
  'PATCH settings': changeSettings,
  'POST reset': ({ mock }) => {
    mock.reset()
    return ok({})
  },
  'GET page': ({ mock, query }) => ok(renderFragments(mock, query.get('customer') ?? '')),
}

export async function handleControl(
  mock: ControlledMock,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, LARGEST_BODY_BYTES)
  if (body.kind === 'aborted') return
  if (body.kind === 'too-large') return respondJson(response, 413, problem('body is too large'))
  const parsed = parseBody(body.bytes)
  if (parsed.kind === 'malformed') return respondJson(response, 400, problem('body must be JSON'))
  const url = new URL(request.url ?? '/', 'http://mock')
  const [noun = '', rest = ''] = url.pathname.slice('/_mock/'.length).split('/')
  const answer = ROUTES[`${request.method} ${noun}`]
  if (answer === undefined) return respondJson(response, 404, problem('no such control'))
  const value = parsed.kind === 'json' ? parsed.value : undefined
  const reply = answer({ mock, query: url.searchParams, body: value, rest })
  respondJson(response, reply.status, reply.value)
}

function addFault({ mock, body }: Ask): Reply {
  try {
    mock.fault(body as Parameters<ControlledMock['fault']>[0])
  } catch (error) {
    return { status: 400, value: problem(error instanceof Error ? error.message : String(error)) }
  }
  return ok({ id: mock.faults().at(-1)?.id })
}

function clearFaults({ mock, rest }: Ask): Reply {
  return ok({ cleared: rest === '' ? mock.clearFaults() : mock.clearFaults(Number(rest)) })
}

function changeSettings({ mock, body }: Ask): Reply {
  const read = readSettings(body)
  if (read.kind === 'invalid') return { status: 400, value: problem(read.problems.join('; ')) }
  mock.configure(read.settings)
  return ok(visibleSettings(mock))
}

function visibleSettings({ settings }: ControlledMock): unknown {
  return { ...settings, apiKey: undefined }
}

function found(value: unknown): Reply {
  return value === null ? { status: 404, value: problem('not known') } : ok(value)
}

function ok(value: unknown): Reply {
  return { status: 200, value }
}

function problem(message: string): { error: string } {
  return { error: message }
}
