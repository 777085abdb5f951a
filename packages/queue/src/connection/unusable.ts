// Tells a Redis that can never be used as configured (wrong password, another kind of server, too old, a read-only
// replica) from one that is only away. The first is a fault of the configuration: whoever starts with it is told
// at once, with the remedy. The second passes by itself.

import { RelayError } from '@retention-relay/events'

/** Oldest Redis that has what the scripts need (flags in the first line of a script). */
export const OLDEST_REDIS = '7.0.0'

interface Sign {
  readonly sign: RegExp
  readonly fault: string
  readonly remedy: string
}

/** What ioredis and Redis say. Read from their source and seen in tests; only these are taken for a wrong setting. */
const SIGNS: readonly Sign[] = [
  {
    sign: /^WRONGPASS|^ERR invalid password/,
    fault: 'Redis refuses the user name or the password',
    remedy: 'Correct the credentials in REDIS_URL.',
  },
  {
    sign: /^NOAUTH/,
    fault: 'Redis asks for a password and the address has none',
    remedy: 'Add it: redis://:password@host:port.',
  },
  {
    sign: /^Unknown RESP type|^Protocol error, got/,
    fault: 'the server does not speak the protocol of Redis',
    remedy: 'Correct host and port of REDIS_URL; for a Redis that expects TLS write rediss://.',
  },
  {
    sign: /wrong version number|packet length too long|record layer failure/i,
    fault: 'the server does not speak TLS',
    remedy: 'Write redis:// instead of rediss://.',
  },
  {
    sign: /cluster support disabled/,
    fault: 'the server is not a node of a Redis Cluster',
    remedy: 'Give a single address: redis://host:port.',
  },
]

/** The fault of configuration that an error of the connection shows, or null when Redis is only away. */
export function unusableError(error: Error): RelayError | null {
  const message = rootMessage(error)
  const found = SIGNS.find(({ sign }) => sign.test(message))
  return found === undefined ? null : unusable(found.fault, found.remedy)
}

/** Makes the error. `fault` and `remedy` hold no secret. */
export function unusable(fault: string, remedy: string): RelayError {
  return new RelayError('RELAY_REDIS_UNUSABLE', `This Redis cannot be used: ${fault}. ${remedy}`)
}

/** A Cluster's own message says nothing; that of its last node does. */
function rootMessage(error: Error): string {
  const last = (error as { lastNodeError?: unknown }).lastNodeError
  return last instanceof Error ? last.message : error.message
}
