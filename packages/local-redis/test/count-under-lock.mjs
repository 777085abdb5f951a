// Reads, waits and writes a number under the lock, so many times; or takes the lock and keeps it.
import { readFileSync, writeFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'

import { withLock } from '../lock.mjs'

const [lock, file, times] = process.argv.slice(2)
const increment = async () => {
  const count = Number(readFileSync(file, 'utf8'))
  await turn()
  writeFileSync(file, String(count + 1))
}
const hold = () =>
  new Promise(() => {
    console.log('holding')
    setInterval(() => {}, 1_000)
  })
if (times === 'hold') await withLock(lock, hold)
for (let i = 0; i < Number(times); i += 1) await withLock(lock, increment)
