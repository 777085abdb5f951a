// Loaded into a worker process before its own code (`--import`): hands that a fault run moves from outside, over the
// standard input, one JSON object a line. The worker knows nothing of them.
//   {"blockMs":4000}      the event loop stands still
//   {"clockMs":-60000}    the wall clock is so much ahead from now on
//   {"fillHeap":true}     memory is taken until the heap's limit ends the process

import { createInterface } from 'node:readline'

interface Order {
  readonly blockMs?: number
  readonly clockMs?: number
  readonly fillHeap?: boolean
}

const realNow = Date.now.bind(Date)
let aheadMs = 0
Date.now = () => realNow() + aheadMs

createInterface({ input: process.stdin }).on('line', (line) => {
  const { blockMs = 0, clockMs, fillHeap = false } = JSON.parse(line) as Order
  if (blockMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs)
  if (clockMs !== undefined) aheadMs = clockMs
  if (fillHeap) fill()
})

/** Few large arrays: many small objects would keep the collector busy for a minute before it gives up. */
function fill(): never {
  const block = Array.from({ length: 1_000_000 }, () => 0.5)
  const taken: number[][] = []
  for (;;) taken.push([...block])
}
