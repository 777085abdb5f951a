// `npm run demo -- outage`: a story of half a minute on real parts and a mock Customer.io, in a namespace of its own. Exit codes: 0 as told, 1
// something went another way, 2 a wrong command line.

import { randomBytes } from 'node:crypto'

import { deliverLeftOver } from './left-over.ts'
import { playOutage } from './outage-demo.ts'
import type { OutageResult } from './outage-demo.ts'
import { Printer } from './printer.ts'
import { SHOP_SERVICE } from './sample-shop.ts'
import { openStage } from './stage.ts'
import { untilAborted } from './until-aborted.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(words: readonly string[]): Promise<number> {
  if (words.length !== 1 || words[0] !== 'outage') {
    process.stderr.write('usage: npm run demo -- outage\n')
    return 2
  }
  const printer = new Printer(process.stdout)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  // Never Customer.io itself, whatever the environment says.
  const { REDIS_URL, RELAY_DATA_DIR, RELAY_HTTP_PORT } = process.env
  const env = { REDIS_URL, RELAY_DATA_DIR, RELAY_HTTP_PORT }
  const settings = { ...env, RELAY_NAMESPACE: 'demo', LOG_LEVEL: 'silent' }
  const stage = await openStage(settings, printer, SHOP_SERVICE)
  try {
    await deliverLeftOver(stage, printer, stop.signal)
    const playing = playOutage(stage, randomBytes(3).toString('hex'), printer)
    const result = await Promise.race([playing, untilAborted(stop.signal)])
    return result === undefined ? 1 : tellResult(result, printer)
  } finally {
    await stage.close()
  }
}

function tellResult(result: OutageResult, printer: Printer): number {
  const { superseded, lost, doubled, deadFromOutage } = result
  printer.line(
    `${superseded} checkout superseded, ${lost} lost, ${doubled} doubled, ${deadFromOutage} dead from the outage`,
  )
  return superseded === 1 && lost + doubled + deadFromOutage === 0 ? 0 : 1
}
