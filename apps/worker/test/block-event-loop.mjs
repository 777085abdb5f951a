// Loaded into a worker before its program: at SIGUSR2 the event loop is blocked for four seconds, as by a loop over too
// much data. It says so on stdout, in the form of a log line.

import { writeSync } from 'node:fs'

const BLOCKED_MS = 4000

process.on('SIGUSR2', () => {
  writeSync(1, '{"event":"loop.blocked"}\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_MS)
  writeSync(1, '{"event":"loop.freed"}\n')
})
