// Loopback ports that nobody listens on right now. The kernel hands them out in turn, so another process is unlikely to
// get the same one before it is bound; who binds it says so if it happens.
import { once } from 'node:events'
import { createServer } from 'node:net'

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port was bound')
  return address.port
}
