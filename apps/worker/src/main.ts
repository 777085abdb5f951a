import { run } from './run.ts'

const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
process.exitCode = await run({
  env: process.env,
  stop: stop.signal,
  complain: (line) => process.stderr.write(`${line}\n`),
})
