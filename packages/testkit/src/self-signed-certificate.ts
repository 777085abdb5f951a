// A self-signed certificate for 127.0.0.1, made with what Node has: a few lines of DER around an EC key. It saves
// the tests from needing openssl, and from a certificate in the repository that expires one day.

import { generateKeyPairSync, sign } from 'node:crypto'

/** A key and its certificate, as PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** Makes a certificate that is valid from 2020 to 2049. */
export function selfSignedCertificate(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = toBeSigned(publicKey.export({ type: 'spki', format: 'der' }))
  const signature = sign('sha256', body, privateKey)
  const der = sequence(body, ECDSA_WITH_SHA256, bitString(signature))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`,
  }
}

function toBeSigned(publicKey: Buffer): Buffer {
  const version3 = tagged(0xa0, tagged(0x02, Buffer.from([2])))
  const serial = tagged(0x02, Buffer.from([1]))
  const commonName = sequence(oid('550403'), tagged(0x0c, Buffer.from('test')))
  const name = sequence(tagged(0x31, commonName))
  const validity = sequence(utcTime('200101000000Z'), utcTime('491231235959Z'))
  // subjectAltName: the IP address 127.0.0.1.
  const address = sequence(tagged(0x87, Buffer.from([127, 0, 0, 1])))
  const extension = sequence(oid('551d11'), tagged(0x04, address))
  const extensions = tagged(0xa3, sequence(extension))
  return sequence(version3, serial, ECDSA_WITH_SHA256, name, validity, name, publicKey, extensions)
}

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'))

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, ...parts)
}

function oid(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'))
}

function utcTime(text: string): Buffer {
  return tagged(0x17, Buffer.from(text))
}

function bitString(bits: Buffer): Buffer {
  return tagged(0x03, Buffer.from([0]), bits)
}

/** Tag, length, content. */
function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const size = content.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
