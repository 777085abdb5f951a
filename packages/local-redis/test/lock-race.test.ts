// The narrow moment of the lock: a process saw a free lock, was stopped there, and goes on after others have come and
// gone. What others do meanwhile is put into the one step in which it creates its ticket.
import { existsSync, linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test, vi } from 'vitest'

import { withLock } from '../src/index.ts'

vi.mock('node:fs', async (load) => {
  const real = await load<typeof import('node:fs')>()
  return { ...real, linkSync: vi.fn<typeof linkSync>(real.linkSync) }
})

test('a process that was slow to look does not enter beside the holder', async () => {
  const lock = mkdtempSync(join(tmpdir(), 'relay-race-'))
  onTestFinished(() => rmSync(lock, { recursive: true }))
  const write = (number: number, pid: number): void =>
    writeFileSync(join(lock, String(number)), JSON.stringify({ pid, host: 'another' }))
  write(1, 0)
  const link = vi.mocked(linkSync)
  const real = link.getMockImplementation()
  link.mockImplementationOnce((from, to) => {
    write(3, process.pid)
    rmSync(join(lock, '1'))
    real?.(from, to)
  })
  const events: string[] = []
  const onWait = (): void => {
    events.push(existsSync(join(lock, '2')) ? 'waits and keeps its ticket' : 'waits')
    write(3, 0)
  }
  await withLock(lock, async () => events.push('enters'), onWait)
  expect(events).toEqual(['waits', 'enters'])
})
