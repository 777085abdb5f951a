// A storm of v2 batches for the bench and for the test that the mock keeps count under load: 500
// operations a batch of about 330 bytes, one of ten an identify of eleven attributes, sent as fast as
// they are answered over keep-alive connections. Bodies are encoded before they are sent: a sender's
// encoding is not the mock's cost. Each customer's operations are counted from 1 up in `relay_seq`.
import { Agent, request } from 'node:http'
import type { Mock } from '../src/index.ts'

export const OPERATIONS_PER_BATCH = 500
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Bodies whose ids differ from those of every other `first`. */
export function encodeStorm(batches: number, first = 0): Buffer[] {
  return Array.from({ length: batches }, (_batch, number) => {
    const from = (first + number) * OPERATIONS_PER_BATCH
    const batch = Array.from({ length: OPERATIONS_PER_BATCH }, (_item, index) => item(from + index))
    return Buffer.from(JSON.stringify({ batch }))
  })
}

/** Sends the bodies over `connections` connections; resolves when the last is answered. */
export async function sendStorm(mock: Mock, bodies: Buffer[], connections: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const left = [...bodies].toReversed()
  const lane = async (): Promise<void> => {
    for (let body = left.pop(); body !== undefined; body = left.pop()) await send(mock, agent, body)
  }
  await Promise.all(Array.from({ length: connections }, lane))
  agent.destroy()
}

function send(mock: Mock, agent: Agent, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${mock.url}/api/v2/batch`, {
      agent,
      method: 'POST',
      auth: `${mock.settings.siteId}:${mock.settings.apiKey}`,
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    })
    outgoing.on('response', (answer) => answer.resume().on('end', resolve))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** 500 customers: each one once in every batch, so the batch's number is the sequence. */
function item(serial: number): unknown {
  const sequence = Math.floor(serial / OPERATIONS_PER_BATCH) + 1
  const customer = `cus_${serial % OPERATIONS_PER_BATCH}`
  const common = { type: 'person', identifiers: { id: customer }, timestamp: 1_760_000_000 }
  if (serial % 10 === 0) return { ...common, action: 'identify', attributes: profile(sequence) }
  const attributes = { relay_seq: sequence, order_id: `o-${serial}`, note: 'x'.repeat(150) }
  return { ...common, action: 'event', name: 'order_placed', id: ulid(serial), attributes }
}

function profile(sequence: number): Record<string, unknown> {
  const names = Array.from({ length: 10 }, (_name, index) => [`attribute_${index}`, 'a value'])
  return { ...Object.fromEntries(names), relay_seq: sequence }
}

function ulid(serial: number): string {
  const digits = Array.from({ length: 16 }, (_digit, place) => {
    return ALPHABET[Math.floor(serial / 32 ** (15 - place)) % 32]
  })
  return `01HM000000${digits.join('')}`
}
