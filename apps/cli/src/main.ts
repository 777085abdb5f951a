// The relay command, as it is run by `npm run relay --` and `npx relay`.

import { run } from './run.ts'
import { screenOf } from './surroundings.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
// Whoever reads our output may go away before the end, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})
process.stderr.on('error', () => undefined)
process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  out: screenOf(process.stdout),
  err: screenOf(process.stderr),
  stop: stop.signal,
})
