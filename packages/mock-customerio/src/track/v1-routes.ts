// Track API v1: which call a method and a path mean, and how its refusal is worded.
// Success is 200 `{}`. Of the two official shapes of a 400, attributes get `meta.errors` (there may
// be several), everything else gets `meta.error`.
import { metaError, metaErrors, OK, type Answer } from './answer.ts'
import type { Call } from './call.ts'
import { takeIn, type IntakeParts } from './intake.ts'
import { isObject, type Action, type Checked, type ItemError } from './operation.ts'
import {
  addDeviceCall,
  anonymousEventCall,
  bareCall,
  deleteDeviceCall,
  eventCall,
  identifyCall,
  mergeCall,
  type Body,
} from './v1-calls.ts'

interface Route {
  method: string
  /** Pieces of the path after `/api/v1/`; `*` stands for one percent-encoded word. */
  pattern: string
  action: Action
  /** Calls that carry nothing may come without a body. */
  needsBody: boolean
  read: (words: string[], body: Body) => Checked
}

const ROUTES: Route[] = [
  route('PUT', 'customers/*', 'identify', ([id = ''], body) => identifyCall(id, body)),
  route('POST', 'customers/*/events', 'event', ([id = ''], body) => eventCall(id, body)),
  route('POST', 'events', 'event', (_words, body) => anonymousEventCall(body)),
  route('PUT', 'customers/*/devices', 'add_device', ([id = ''], body) => addDeviceCall(id, body)),
  route('POST', 'merge_customers', 'merge', (_words, body) => mergeCall(body)),
  bare('DELETE', 'customers/*/devices/*', 'delete_device', ([id = '', token = '']) =>
    deleteDeviceCall(id, token),
  ),
  bare('DELETE', 'customers/*', 'delete', ([id = '']) => bareCall(id, 'delete')),
  bare('POST', 'customers/*/suppress', 'suppress', ([id = '']) => bareCall(id, 'suppress')),
  bare('POST', 'customers/*/unsuppress', 'unsuppress', ([id = '']) => bareCall(id, 'unsuppress')),
]

/** Answers a v1 call; `null` when the path or the method is none of v1. */
export function acceptV1(call: Call, parts: IntakeParts): Answer | null {
  const pieces = call.path.slice('/api/v1/'.length).split('/')
  const found = ROUTES.find(
    ({ method, pattern }) => method === call.method && fits(pattern, pieces),
  )
  if (found === undefined) return null
  const words = wordsOf(found.pattern, pieces)
  if (words === null) return metaError(400, 'path is not percent-encoded UTF-8')
  const body = bodyOf(call, found)
  if (body === null) return metaError(400, 'body must be a JSON object')
  return accept(call, parts, found, words, body)
}

function accept(call: Call, parts: IntakeParts, found: Route, words: string[], body: Body): Answer {
  const raw = asItem(found.action, words, body)
  const place = { exchange: call.exchange, batchIndex: null }
  const errors = takeIn(parts, found.read(words, body), raw, place)
  return errors.length === 0 ? OK : refusal(found.action, errors)
}

function refusal(action: Action, errors: ItemError[]): Answer {
  const messages = errors.map(({ message }) => message)
  return action === 'identify' ? metaErrors(messages) : metaError(400, messages.join('; '))
}

/** The call in the words of v2, for the page: it shows refused operations in one form. */
function asItem(action: Action, words: string[], body: Body): Record<string, unknown> {
  const attributes = action === 'identify' ? body : body.data
  return { action, identifiers: { id: words[0] }, name: body.name, id: body.id, attributes }
}

function bodyOf({ body }: Call, { needsBody }: Route): Body | null {
  if (body.kind === 'none' && !needsBody) return {}
  return body.kind === 'json' && isObject(body.value) ? body.value : null
}

function fits(pattern: string, pieces: string[]): boolean {
  const wanted = pattern.split('/')
  return (
    wanted.length === pieces.length &&
    wanted.every((piece, index) => piece === '*' || piece === pieces[index])
  )
}

function wordsOf(pattern: string, pieces: string[]): string[] | null {
  const encoded = pieces.filter((_piece, index) => pattern.split('/')[index] === '*')
  try {
    return encoded.map((piece) => decodeURIComponent(piece))
  } catch {
    return null
  }
}

function route(method: string, pattern: string, action: Action, read: Route['read']): Route {
  return { method, pattern, action, needsBody: true, read }
}

function bare(method: string, pattern: string, action: Action, read: Route['read']): Route {
  return { method, pattern, action, needsBody: false, read }
}
