// `node examples/why-not-bullmq-worker/main.mjs [--json]`: shows the four reasons why the relay does not use BullMQ's
// Worker, beside what the relay does in the same places. Works as the first command after a clone.

import { ensureReady } from '../../scripts/first-run.mjs'

const USAGE = 'usage: node examples/why-not-bullmq-worker/main.mjs [--json]'

const unknown = process.argv.slice(2).filter((argument) => argument !== '--json')
if (unknown.length > 0) {
  console.error(USAGE)
  process.exit(unknown.includes('--help') ? 0 : 2)
}
await ensureReady()
const { main } = await import('./program.mjs')
await main(process.argv.includes('--json'))
process.exit(0)
