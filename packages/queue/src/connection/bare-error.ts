// An error of ioredis carries the command that failed, with all its arguments: the payload of events, or the password of
// the handshake. Redis itself repeats arguments of commands that it does not know. Errors that leave this package as a
// `cause` are therefore reduced to what they say.

/** The same name, message and code, and nothing else. */
export function bareError(reason: unknown): Error {
  const text = reason instanceof Error ? reason.message : String(reason)
  const bare = new Error(text.replace(/, with args beginning with:.*$/s, ''))
  if (!(reason instanceof Error)) return bare
  bare.name = reason.name
  const { code } = reason as { code?: unknown }
  return typeof code === 'string' ? Object.assign(bare, { code }) : bare
}
