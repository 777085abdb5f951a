// How long a process has computed. Where others compute too, this says what a piece of work costs; its rate says how busy the
// machine was.

import { readFile } from 'node:fs/promises'

/** Microseconds in a tick of the kernel's accounts, which Linux shows in hundredths of a second. */
const TICK_US = 10_000

/** Microseconds that the process has computed so far. Linux only. */
export async function cpuTimeUs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The program's name stands in brackets and may hold anything; user and system time are the 12th and 13th behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_US
}
