// While a slot of a Cluster moves, Redis redirects a command or tells it to try again, and ioredis does so for about a
// second and a half. Then it gives up with an error of its own, in which the last answer of Redis stands.

const GIVEN_UP = /^Too many Cluster redirections\. Last error: ReplyError: /

/**
 * What Redis answered at last to a command that failed; undefined when there is no answer. None of the redirections
 * before it carried the command out: the client repeats nothing else.
 */
export function lastAnswer(error: Error): string | undefined {
  if (error.name === 'ReplyError') return error.message
  return GIVEN_UP.test(error.message) ? error.message.replace(GIVEN_UP, '') : undefined
}
