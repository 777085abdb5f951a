// /metrics for Prometheus, /health/live and /health/ready for the platform.

import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { RelayError } from '@retention-relay/events'
import type { Registry } from 'prom-client'

import type { Readiness } from './health.ts'

/** A server that listens. */
export interface HttpServer {
  readonly port: number
  close(): Promise<void>
}

/** Listens on all interfaces. Rejects with RELAY_CONFIG_INVALID when the port is in use. */
export async function startHttpServer(
  port: number,
  registry: Registry,
  readiness: () => Readiness,
): Promise<HttpServer> {
  const server = createServer((request, response) => {
    answer(request.url ?? '/', response, registry, readiness).catch(() => {
      response.writeHead(500).end()
    })
  })
  await listen(server, port)
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

async function answer(
  url: string,
  response: ServerResponse,
  registry: Registry,
  readiness: () => Readiness,
): Promise<void> {
  const path = url.split('?', 1)[0]
  if (path === '/metrics') {
    response.writeHead(200, { 'content-type': registry.contentType })
    response.end(await registry.metrics())
  } else if (path === '/health/live') {
    sendJson(response, 200, { live: true })
  } else if (path === '/health/ready') {
    const state = readiness()
    sendJson(response, state.ready ? 200 : 503, state)
  } else {
    sendJson(response, 404, {
      error: 'not found; there are /metrics, /health/live and /health/ready',
    })
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(`${JSON.stringify(body)}\n`)
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const fault = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${cause.code})`
      const message = `RELAY_HTTP_PORT: port ${port} ${fault}; set another one, or 0 for any free one`
      reject(new RelayError('RELAY_CONFIG_INVALID', message, { cause }))
    })
    server.listen(port, resolve)
  })
}
