import { expect, test } from 'vitest'
import { readCommandLine } from '../src/command-line.ts'

test('every flag reaches the option that it stands for', () => {
  const flags =
    '--port 0 --host ::1 --site-id s --api-key k --rate 5 --latency 20 --receipts f --json'
  expect(readCommandLine(flags.split(' '))).toEqual({
    kind: 'run',
    json: true,
    options: {
      port: 0,
      host: '::1',
      siteId: 's',
      apiKey: 'k',
      ratePerSecond: 5,
      latencyMs: 20,
      receiptsFile: 'f',
    },
  })
  expect(readCommandLine([])).toEqual({ kind: 'run', json: false, options: { port: 4510 } })
  expect(readCommandLine(['--help'])).toEqual({ kind: 'help' })
})

test.each([
  [['--prot', '1'], '--prot'],
  [['--port', '70000'], "--port must be a whole number from 0 to 65535, not '70000'"],
  [['--rate', '0'], '--rate must be a whole number from 1'],
  [['--latency', 'soon'], "not 'soon'"],
  [['stray'], 'stray'],
])('a command line that is wrong says what is wrong: %j', (args, message) => {
  expect(readCommandLine(args)).toEqual({
    kind: 'wrong',
    message: expect.stringContaining(message),
  })
})
