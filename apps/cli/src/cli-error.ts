// What ends a command before it is done. Every error becomes one line that names the fault and the remedy, and with
// --json one object as well; a stack is never shown.

import { RelayError } from '@retention-relay/events'
import { RedisNotFoundError, RedisStartError } from '@retention-relay/local-redis'

import { EXIT } from './exit-codes.ts'
import type { ExitCode } from './exit-codes.ts'

/** What kind of end it is; also the `kind` of the JSON object. */
export type FaultKind = Exclude<keyof typeof EXIT, 'ok'>

/** An error that says how the command ends. */
export class CliError extends Error {
  override readonly name: string = 'CliError'
  readonly kind: FaultKind

  constructor(kind: FaultKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** An error in words. */
export interface Fault {
  readonly kind: FaultKind
  readonly exitCode: ExitCode
  /** Of the relay's error table, where it has one. */
  readonly code?: string
  readonly message: string
}

/** What an error means for the command. */
export function faultOf(error: unknown): Fault {
  if (error instanceof CliError) return fault(error.kind, error.message)
  if (error instanceof RelayError) {
    const kind = error.code.startsWith('RELAY_ENQUEUE_') ? 'redis' : 'config'
    return { ...fault(kind, error.message), code: error.code }
  }
  if (error instanceof RedisNotFoundError || error instanceof RedisStartError) {
    return { ...fault('redis', error.message), code: error.code }
  }
  const message = error instanceof Error ? error.message : String(error)
  if (isLostRedis(error)) return fault('redis', `Redis was lost: ${message}. Try again.`)
  if (error instanceof Error && error.name === 'ReplyError') {
    return fault('redis', `Redis answered with an error: ${message}`)
  }
  return fault('bug', `A bug of the relay, please report it: ${message}`)
}

function fault(kind: FaultKind, message: string): Fault {
  return { kind, exitCode: EXIT[kind], message }
}

/** What ioredis says when a connection ends under a command, or is not there. */
function isLostRedis(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  return (
    /Connection is closed|enableOfflineQueue options is false|max retries per request/.test(
      error.message,
    ) ||
    (typeof code === 'string' && /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code))
  )
}
