// Loopback ports that nobody listens on right now, below those that the kernel gives to outgoing connections: one of these
// would else take a port between its choice and its use. Drawn, so that processes that choose at once hardly meet.
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

const LOWEST = 12_000
/** Linux gives outgoing connections ports from 32768 on. */
const END = 32_000

/** Ports that this process has handed out: whoever asked may not have bound them yet. */
const given = new Set<number>()

export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, END)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  const isBound = await Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(() => false),
  ])
  server.close()
  if (isBound) await once(server, 'close')
  return isBound
}
