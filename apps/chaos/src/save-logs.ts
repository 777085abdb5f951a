// Writes what a person reads first of a run: its timeline, what was found, and the logs of all processes.

import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Stage } from './stage/stage.ts'
import { tellWorkerLog } from './stage/worker-log.ts'
import type { Verdict } from './verdict/judge.ts'

/** Fills the folder of a run. */
export function saveLogs(stage: Stage, verdict: Verdict): void {
  const { folder, timeline, producers, redis, mock } = stage
  const workers = [...stage.workers, stage.guest]
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
  for (const { name, lines } of [...workers, ...producers]) write(`${name}.log`, joined(lines))
  write('mock.log', joined(mock.process.lines))
  for (const worker of workers) tellWorkerLog(timeline, worker.name, worker.lines)
  for (const { name, health } of workers) {
    for (const { at, state } of health.flatMap(({ changes }) => changes)) {
      timeline.note(name, `is seen as ${state}`, at)
    }
  }
  const copyAll = (name: string, files: readonly string[]): void =>
    files.forEach((file, index) => copyFileSync(file, join(folder, `${name}-${index + 1}.log`)))
  copyAll(
    'redis',
    redis.nodes.map((node) => join(node.folder, 'redis.log')),
  )
  if (redis.place.kind === 'sentinel') copyAll('sentinel', redis.place.sentinels.logFiles)
  write('timeline.txt', timeline.render())
  write('findings.txt', joined(verdict.faults))
  write('findings.json', `${JSON.stringify(verdict.findings, null, 2)}\n`)
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
