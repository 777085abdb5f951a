// Runs all cases and prints them. Progress goes to standard error, the result to standard output.

import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

import { findRedisServer } from '@retention-relay/local-redis'

import { inRepository, say } from '../../scripts/first-run.mjs'
import { runCases } from './cases.mjs'
import { startStopwatch } from './stopwatch.mjs'
import { renderTable } from './table.mjs'

/** `json`: one object in place of the table. */
export async function main(json) {
  const ground = await describeGround()
  const title = `${ground.date}, ${ground.machine}, ${ground.redis}, BullMQ ${ground.bullmq}`
  say(`${title}\nThis takes about two minutes: BullMQ looks for stalled jobs every 30 s.`)
  const sinceStart = startStopwatch()
  const results = await runCases((line) => {
    say(`${sinceStart().toFixed(0).padStart(4)} s  ${line}`)
  })
  const text = json
    ? JSON.stringify({ ...ground, ...results })
    : [title, '', ...renderTable(results)].join('\n')
  process.stdout.write(`${text}\n`)
}

/** Also fetches a Redis where there is none, before the cases need it all at the same time. */
async function describeGround() {
  const redis = await findRedisServer({ cacheDir: inRepository('.relay/cache'), log: say })
  const bullmq = readFileSync(inRepository('node_modules/bullmq/package.json'), 'utf8')
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.versions.node}`,
    redis: `${redis.flavour} ${redis.version}`,
    bullmq: JSON.parse(bullmq).version,
  }
}
