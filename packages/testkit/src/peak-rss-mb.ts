import { readFileSync } from 'node:fs'

/**
 * The kernel's own account of the largest resident set that the process has had, in MB; Linux only. 0 of one that has
 * ended.
 */
export function peakRssMb(pid: number): number {
  try {
    const [, kilobytes = '0'] =
      /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kilobytes) / 1024)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return 0
    throw error
  }
}
