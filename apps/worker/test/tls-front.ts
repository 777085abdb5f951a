// A TLS server before the mock, as Customer.io has one: it passes on what it has decrypted. Its certificate is
// self-signed; a worker trusts it that has its file as NODE_EXTRA_CA_CERTS.

import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'

import type { Mock } from '@retention-relay/mock-customerio'
import { selfSignedCertificate } from '@retention-relay/testkit'
import type { TestEnd } from '@retention-relay/testkit'
import { onTestFinished } from 'vitest'

/** A front that listens on 127.0.0.1. */
export interface TlsFront {
  readonly port: number
  /** The file of its first certificate. */
  readonly certFile: string
  /** Shows another certificate, which nobody trusts, from the next connection on. */
  readonly showStranger: () => void
  /** Shows the first one again. */
  readonly showOwn: () => void
}

/** Starts one; it ends with the test. */
export async function startTlsFront(
  mock: Mock,
  onEnd: TestEnd = onTestFinished,
): Promise<TlsFront> {
  const own = selfSignedCertificate()
  const stranger = selfSignedCertificate()
  const folder = mkdtempSync(join(tmpdir(), 'relay-tls-'))
  const certFile = join(folder, 'cert.pem')
  writeFileSync(certFile, own.cert)
  const server = createServer({ ...own, allowHalfOpen: false }, (socket) => {
    const upstream = connect(mock.port, '127.0.0.1')
    for (const side of [socket, upstream]) side.on('error', () => undefined)
    socket.pipe(upstream).pipe(socket)
    socket.on('close', () => upstream.destroy())
    upstream.on('close', () => socket.destroy())
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onEnd(async () => {
    server.close()
    rmSync(folder, { recursive: true })
  })
  return {
    port: (server.address() as AddressInfo).port,
    certFile,
    showStranger: () => server.setSecureContext(stranger),
    showOwn: () => server.setSecureContext(own),
  }
}
