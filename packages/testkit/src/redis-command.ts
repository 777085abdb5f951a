// One command to a Redis on a loopback port, for what the testkit itself has to arrange. Tests use their own clients.
import { RedisConnection } from '@retention-relay/local-redis'

const ASK_MS = 5_000

/** The reply's text. Throws on an error reply, and when there is no answer within 5 s. */
export async function redisCommand(port: number, words: string): Promise<string> {
  const connection = new RedisConnection({ host: '127.0.0.1', port })
  const answer = await connection.ask(words, ASK_MS)
  connection.close()
  if (answer.kind === 'reply' && !answer.text.startsWith('-')) return answer.text
  throw new Error(`${words}: ${answer.kind === 'reply' ? answer.text : answer.kind}`)
}
