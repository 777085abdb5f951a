import { readFile } from 'node:fs/promises'

/** The kernel's own account of the largest resident set that the process has had; Linux only. */
export async function peakRssMb({ pid }: { readonly pid: number }): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const [, kilobytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(status) ?? []
  return Math.round(Number(kilobytes) / 1024)
}
