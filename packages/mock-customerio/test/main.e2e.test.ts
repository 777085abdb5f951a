import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { basic, event, send } from './setup.ts'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

interface Program {
  child: ChildProcess
  /** Resolves with the first line on standard output. */
  firstLine: Promise<string>
  ended: Promise<Ended>
}

function run(...args: string[]): Program {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)))
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => {
      output.stdout += String(chunk)
      if (output.stdout.includes('\n')) resolve(output.stdout.split('\n')[0] ?? '')
    })
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }))
  return { child, firstLine, ended }
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the program says where it is, takes operations, and %s ends it with 0',
  async (signal) => {
    const { child, firstLine, ended } = run(
      '--port',
      '0',
      '--json',
      '--site-id',
      's',
      '--api-key',
      'k',
    )
    const { url } = JSON.parse(await firstLine) as { url: string }
    const batch = { batch: [event('a', 'x')] }
    const answer = await send(`${url}/api/v2/batch`, 'POST', batch, basic('s', 'k'))
    expect(answer.status).toBe(200)
    child.kill(signal)
    const { code, stdout, stderr } = await ended
    expect([code, stderr]).toEqual([0, ''])
    const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as object
    expect(last).toMatchObject({ event: 'mock.stopped', applied: 1 })
  },
)

test('for people it prints the page and the control API', async () => {
  const { child, firstLine, ended } = run('--port', '0')
  expect(await firstLine).toBe('Mock Customer.io')
  child.kill('SIGINT')
  const { code, stdout } = await ended
  expect(stdout).toMatch(/page +http:\/\/127\.0\.0\.1:\d+\/\n/)
  expect(stdout).toMatch(/control API +http:\/\/127\.0\.0\.1:\d+\/_mock\/summary\n/)
  expect([code, stdout]).toEqual([0, expect.stringContaining('Ended: 0 requests')])
})

test('a port in use is one clear message with the remedy, and exit code 1', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? String(address.port) : ''
  const { code, stdout, stderr } = await run('--port', port).ended
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toBe(
    `Port ${port} on 127.0.0.1 is in use. End the program that has it, or choose another port with --port N (0 takes a free one).\n`,
  )
})

test('a wrong flag is named together with the usage, and exit code 1', async () => {
  const { code, stderr } = await run('--rate', 'fast').ended
  expect(code).toBe(1)
  expect(stderr).toContain("--rate must be a whole number from 1 to 1000000, not 'fast'")
  expect(stderr).toContain('Usage: npm run mock')
})

test('help goes to standard output, exit code 0', async () => {
  const { code, stdout, stderr } = await run('--help').ended
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('--port N')
})
