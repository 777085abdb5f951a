// The lock between processes: nobody is in it with somebody else, and a holder that was killed is succeeded.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, onTestFinished, test } from 'vitest'

import { withLock } from '../src/index.ts'

const setup = (): { lock: string; count: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'relay-lock-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const count = join(folder, 'count')
  writeFileSync(count, '0')
  return { lock: join(folder, 'lock'), count }
}
const counter = fileURLToPath(new URL('count-under-lock.mjs', import.meta.url))

test('processes that count under the lock lose no count', async () => {
  const { lock, count } = setup()
  const ends = Array.from({ length: 4 }, async () =>
    once(spawn(process.execPath, [counter, lock, count, '25'], { stdio: 'inherit' }), 'exit'),
  )
  expect(await Promise.all(ends)).toEqual(Array.from({ length: 4 }, () => [0, null]))
  expect(readFileSync(count, 'utf8')).toBe('100')
  expect(readdirSync(lock)).toHaveLength(1)
})

test('callers within one process exclude each other', async () => {
  const { lock } = setup()
  let inside = 0
  const most: number[] = []
  const work = async (): Promise<void> => {
    inside += 1
    await new Promise(setImmediate)
    most.push(inside)
    inside -= 1
  }
  await Promise.all([1, 2, 3].map(() => withLock(lock, work)))
  expect(most).toEqual([1, 1, 1])
})

test('the lock of a process that was killed is taken over', async () => {
  const { lock, count } = setup()
  const holder = spawn(process.execPath, [counter, lock, count, 'hold'])
  onTestFinished(() => void holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  const next = withLock(
    lock,
    async () => 'taken',
    () => holder.kill('SIGKILL'),
  )
  expect(await next).toBe('taken')
  expect(holder.killed).toBe(true)
})

test('a holder whose work fails gives the lock back', async () => {
  const { lock } = setup()
  const failed = withLock(lock, () => Promise.reject(new Error('no')))
  await expect(failed).rejects.toThrow('no')
  const waited: string[] = []
  expect(
    await withLock(
      lock,
      async () => 'free',
      () => waited.push('waited'),
    ),
  ).toBe('free')
  expect(waited).toEqual([])
})
