// Cleans up after a test process that died without a word (SIGKILL, a crash, a closed terminal). A small shell waits
// on a pipe from us; the kernel closes the pipe when we end, however we end, and then it kills what was put under its
// guard and removes the folder. It runs in a session of its own, so that a signal to our group does not take it along.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const SCRIPT = `
guarded=''
while read -r verb id; do
  case "$verb" in
    guard) guarded="$guarded $id" ;;
    release)
      rest=''
      for other in $guarded; do [ "$other" = "$id" ] || rest="$rest $other"; done
      guarded="$rest" ;;
  esac
done
for id in $guarded; do kill -s KILL -- "$id" 2>/dev/null; done
[ -z "$1" ] || rm -rf -- "$1"
`

export interface Watchdog {
  /** Puts a process under guard; a negative id means its whole group. */
  guard: (pid: number) => void
  release: (pid: number) => void
  /** Kills what is still guarded, removes the folder, and resolves when that is done. */
  close: () => Promise<void>
}

/** `folder` is removed at the end, with everything in it. */
export function startWatchdog(folder = ''): Watchdog {
  const shell = spawn('sh', ['-c', SCRIPT, 'watchdog', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const exited = once(shell, 'exit')
  return {
    guard: (pid) => void shell.stdin.write(`guard ${pid}\n`),
    release: (pid) => void shell.stdin.write(`release ${pid}\n`),
    close: async () => {
      shell.stdin.end()
      await exited
    },
  }
}
