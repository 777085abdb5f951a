// Takes from a running process what the machine gives it, with prlimit of util-linux (so it needs Linux).

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** `fsize`: bytes of a file that it writes. `nofile`: file descriptors. Only the soft limit, so that it can be undone. */
export async function limitProcess(
  pid: number,
  resource: 'fsize' | 'nofile',
  limit: number | 'unlimited',
): Promise<void> {
  await run('prlimit', ['--pid', String(pid), `--${resource}=${limit}:`])
}
