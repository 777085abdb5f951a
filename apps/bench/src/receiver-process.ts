// The cheapest honest destination, as a process of its own: reads each request to its end, answers 200 after 20 ms.
// It does not look into the body: what is measured is the relay, not the receiver. Prints its port.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const LATENCY_MS = 20

const server = createServer((request, response) => {
  const body =
    request.url?.endsWith('/region') === true
      ? '{"url":"http://127.0.0.1","region":"us","environment_id":1}'
      : '{}\n'
  request.resume()
  request.on('end', () => {
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
      response.end(body)
    }, LATENCY_MS)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`)
})
