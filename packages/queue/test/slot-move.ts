// A slot that an operator moves from one master of a Cluster to another, a few keys at a time.

import { keySlot, masters, nodeOf } from '../src/index.ts'
import type { RedisClient } from '../src/index.ts'
import type { Redis } from 'ioredis'

const MOST_KEYS = 1000

/** A move that has begun. */
export class SlotMove {
  readonly #slot: number
  readonly #source: Redis
  readonly #target: Redis

  constructor(client: RedisClient, key: string) {
    const source = nodeOf(client, key)
    const target = masters(client).find((node) => node !== source)
    if (source === undefined || target === undefined) throw new Error('no two masters')
    this.#slot = keySlot(key)
    this.#source = source
    this.#target = target
  }

  async begin(): Promise<void> {
    const [source, target] = await this.#ids()
    await this.#target.cluster('SETSLOT', this.#slot, 'IMPORTING', source)
    await this.#source.cluster('SETSLOT', this.#slot, 'MIGRATING', target)
  }

  /** Every key that the old master still has. */
  keys(): Promise<string[]> {
    return this.#source.cluster('GETKEYSINSLOT', this.#slot, MOST_KEYS)
  }

  async carry(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    const { host = '', port = 0 } = this.#target.options
    await this.#source.call('MIGRATE', host, port, '', 0, 5000, 'KEYS', ...keys)
  }

  async end(): Promise<void> {
    await this.carry(await this.keys())
    const [, target] = await this.#ids()
    await this.#target.cluster('SETSLOT', this.#slot, 'NODE', target)
    await this.#source.cluster('SETSLOT', this.#slot, 'NODE', target)
  }

  /** What each of the two has: every key with its content. */
  content(): Promise<Record<string, string>[]> {
    return Promise.all([this.#source, this.#target].map((node) => this.#contentOf(node)))
  }

  async #contentOf(node: Redis): Promise<Record<string, string>> {
    const keys = await node.cluster('GETKEYSINSLOT', this.#slot, MOST_KEYS)
    const content: Record<string, string> = {}
    for (const key of keys.toSorted()) {
      const [, dump] = await Promise.all([node.call('ASKING'), node.dumpBuffer(key)])
      content[key] = dump?.toString('base64') ?? ''
    }
    return content
  }

  async #ids(): Promise<[string, string]> {
    return [await this.#source.cluster('MYID'), await this.#target.cluster('MYID')]
  }
}
