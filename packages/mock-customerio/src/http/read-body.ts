// A request's body, complete or not at all. A body that the sender stopped sending (connection lost,
// fewer bytes than `content-length`, a chunked body without its end) is `aborted` and never applied;
// one above the limit is read to its end and thrown away, so that the sender is certain to see the
// answer.
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { ParsedBody } from '../track/call.ts'

export type ReadBody =
  | { kind: 'complete'; bytes: Buffer }
  | { kind: 'too-large' }
  | { kind: 'aborted' }

export function readBody(request: IncomingMessage, limitBytes: number): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limitBytes) chunks.push(chunk)
      else resolve({ kind: 'too-large' })
    })
    request.on('end', () => resolve({ kind: 'complete', bytes: Buffer.concat(chunks) }))
    request.on('error', () => resolve({ kind: 'aborted' }))
    request.on('close', () => resolve({ kind: 'aborted' }))
  })
}

export function parseBody(bytes: Buffer): ParsedBody {
  if (bytes.length === 0) return { kind: 'none' }
  if (!isUtf8(bytes)) return { kind: 'malformed' }
  try {
    return { kind: 'json', value: JSON.parse(bytes.toString('utf8')) as unknown }
  } catch {
    return { kind: 'malformed' }
  }
}
