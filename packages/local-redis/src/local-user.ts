// One user of the project's Redis: a connection with a name, held from entering to leaving. Redis counts the names, so
// it is known who still uses it, and the kernel closes the connection of one that was killed.
import { RedisStartError } from './errors.ts'
import { RedisConnection } from './redis-connection.ts'
import { endProcess } from './redis-process.ts'

export type Departure = 'stopped' | 'left-running'

const NAME = 'relay-local-user'
const ANSWER_MS = 5_000

/** Enter and leave under the data folder's lock. */
export class LocalUser {
  readonly #connection: RedisConnection
  readonly #pid: number

  private constructor(connection: RedisConnection, pid: number) {
    this.#connection = connection
    this.#pid = pid
  }

  static async enter({ socketPath, pid }: { socketPath: string; pid: number }): Promise<LocalUser> {
    const connection = new RedisConnection({ path: socketPath })
    const answer = await connection.ask(`CLIENT SETNAME ${NAME}`, ANSWER_MS)
    if (answer.kind === 'reply' && answer.text === 'OK') return new LocalUser(connection, pid)
    connection.close()
    const why = answer.kind === 'reply' ? answer.text : answer.kind
    throw new RedisStartError(`the Redis at ${socketPath} refused us: ${why}`)
  }

  /** A Redis that does not answer is left running: whether others use it cannot be known. */
  async leave(): Promise<Departure> {
    const answer = await this.#connection.ask('CLIENT LIST', ANSWER_MS)
    const stays =
      answer.kind === 'silent' || (answer.kind === 'reply' && countUsers(answer.text) > 1)
    if (answer.kind === 'reply' && !stays) await endProcess(this.#pid)
    this.#connection.close()
    return stays ? 'left-running' : 'stopped'
  }
}

function countUsers(clients: string): number {
  return clients.split('\n').filter((client) => client.includes(` name=${NAME} `)).length
}
