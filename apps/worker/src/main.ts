// The process of the worker app. The first SIGTERM or SIGINT begins a clean stop, which ends within RELAY_SHUTDOWN_MS;
// further ones change nothing: a terminal and npm both send SIGINT at one Ctrl-C.

const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort())
// Loaded once the signals are heard: it takes a second, on a busy machine several.
const { run } = await import('./run.ts')
const exitCode = await run({
  env: process.env,
  stop: stop.signal,
  complain: (line) => process.stderr.write(`${line}\n`),
})
// What is still open, the socket to a frozen Redis for instance, must not keep the process beyond its deadline.
process.exit(exitCode)
