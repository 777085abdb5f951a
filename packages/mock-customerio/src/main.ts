// `npm run mock`: the mock Customer.io as a program. Says where it is, runs until SIGINT or SIGTERM,
// ends with a count and exit code 0. A wrong flag or a port in use: one message, exit code 1.
import { readCommandLine, USAGE } from './command-line.ts'
import type { MockSummary } from './ledger/summary.ts'
import type { Mock } from './mock.ts'
import type { MockOptions } from './settings.ts'
import { MockStartError, startMock } from './start-mock.ts'

const command = readCommandLine(process.argv.slice(2))
switch (command.kind) {
  case 'help':
    process.stdout.write(`${USAGE}\n`)
    break
  case 'wrong':
    failWith(`${command.message}\n\n${USAGE}`)
    break
  case 'run':
    await run(command.options, command.json)
}

async function run(options: MockOptions, json: boolean): Promise<void> {
  try {
    const mock = await startMock(options)
    endOnSignal(mock, json)
    process.stdout.write(json ? startedLine(mock) : startedText(mock))
  } catch (error) {
    if (!(error instanceof MockStartError)) throw error
    failWith(error.message)
  }
}

function startedText({ url, settings }: Mock): string {
  return `Mock Customer.io
  page         ${url}/
  Track API    ${url}  (site id ${settings.siteId}, API key ${settings.apiKey})
  control API  ${url}/_mock/summary
Ctrl-C ends it.
`
}

function startedLine({ url }: Mock): string {
  return `${JSON.stringify({ event: 'mock.started', url })}\n`
}

/** In place before anybody is told that the mock runs: who reads that line may send the signal. */
function endOnSignal(mock: Mock, json: boolean): void {
  const end = (): void => {
    process.off('SIGINT', end)
    process.off('SIGTERM', end)
    process.stdout.write(json ? stoppedLine(mock.summary()) : stoppedText(mock.summary()))
    void mock.close()
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
}

function stoppedText({ requests, applied, duplicates, rejected }: MockSummary): string {
  return `Ended: ${requests} requests, ${applied} applied, ${duplicates} duplicate, ${rejected} rejected.\n`
}

function stoppedLine(summary: MockSummary): string {
  return `${JSON.stringify({ event: 'mock.stopped', ...summary })}\n`
}

function failWith(message: string): void {
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}
