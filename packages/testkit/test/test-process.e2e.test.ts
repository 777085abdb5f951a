// Programs in processes of their own: their lines, their ends, and what happens to them when the test process is killed.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { isAlive } from '@retention-relay/local-redis'
import { afterAll, expect, onTestFinished, test } from 'vitest'

import { startProcess, until } from '../src/index.ts'
import type { TestProcess, TestProcessOptions } from '../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'relay-process-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
const setup = (source: string, options?: Partial<TestProcessOptions>): TestProcess => {
  count += 1
  const script = join(folder, `program-${count}.mjs`)
  writeFileSync(script, source)
  return startProcess({ script, onEnd: onTestFinished, ...options })
}
const FOREVER = 'setInterval(() => {}, 1000); console.log("ready")'

test('a line is found whether it comes before or after the call', async () => {
  const program = setup(
    'console.log("first 1"); process.stdin.once("data", () => console.error("second 2"))',
  )
  expect((await program.waitForLine(/first (\d)/))[1]).toBe('1')
  expect((await program.waitForLine(/first (\d)/))[1]).toBe('1')
  const second = program.waitForLine(/second (\d)/)
  program.stdin.end('go\n')
  expect((await second)[1]).toBe('2')
  expect(await program.exited).toEqual({ code: 0, signal: null })
  expect(program.stdout).toEqual(['first 1'])
  expect(program.stderr).toEqual(['second 2'])
})

test('a wait can begin after the lines that were seen', async () => {
  const program = setup('console.log("n 1"); console.log("n 2")')
  await program.exited
  expect((await program.waitForLine(/n (\d)/, { from: 1 }))[1]).toBe('2')
})

test('a program that ends without the line rejects the wait with what it wrote', async () => {
  const program = setup('console.log("something else"); process.exitCode = 3')
  await expect(program.waitForLine(/ready/)).rejects.toThrow(/code 3[^]*something else/)
})

test('a line that does not come in time rejects the wait with what was written', async () => {
  const program = setup(FOREVER)
  await program.waitForLine(/ready/)
  await expect(program.waitForLine(/never/, { timeoutMs: 0 })).rejects.toThrow(
    /not within[^]*ready/,
  )
})

test('kill resolves with how the program ended', async () => {
  const program = setup(FOREVER)
  await program.waitForLine(/ready/)
  expect(await program.kill('SIGTERM')).toEqual({ code: null, signal: 'SIGTERM' })
  expect(await program.kill()).toEqual({ code: null, signal: 'SIGTERM' })
})

test('arguments and environment reach the program, and a variable can be removed', async () => {
  const source = 'console.log(process.argv[2], process.env.RELAY_A, process.env.HOME)'
  const program = setup(source, { args: ['x'], env: { RELAY_A: 'y', HOME: undefined } })
  await program.exited
  expect(program.lines).toEqual(['x y undefined'])
})

test('a signal to a program with a group of its own reaches its children', async () => {
  const source = `
    import { spawn } from 'node:child_process'
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    process.on('SIGINT', () => child.on('exit', (_, signal) => { console.log('child ended', signal); process.exit(0) }))
    console.log('child', child.pid)`
  const program = setup(source, { ownGroup: true })
  await program.waitForLine(/child \d+/)
  program.signal('SIGINT')
  await program.waitForLine(/child ended SIGINT/)
  expect(await program.exited).toEqual({ code: 0, signal: null })
})

test('when a test process is killed, its programs and its Redis die and the folder goes', async () => {
  const script = fileURLToPath(new URL('killed-test.mjs', import.meta.url))
  const victim = startProcess({ script, onEnd: onTestFinished })
  const [, redisPid, programPid, redisFolder = ''] = await victim.waitForLine(
    /redis (\d+) program (\d+) folder (.+)/,
  )
  const pids = [Number(redisPid), Number(programPid)]
  expect(pids.map(isAlive)).toEqual([true, true])
  await victim.kill('SIGKILL')
  await until(() => !pids.some(isAlive) && !existsSync(redisFolder), { what: 'the watchdogs' })
})
