import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { FAULT_KINDS } from '../src/index.ts'
import { setup } from './setup.ts'

const README = read('../README.md')

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8')
}

test('the first program of the README is the one that runs here, and prints what it says', async () => {
  expect(README).toContain(`\`\`\`ts\n${read('quickstart.ts')}\`\`\``)
  const log = vi.spyOn(console, 'log').mockReturnValue()
  await import('./quickstart.ts')
  const lines = log.mock.calls.map(([line]) => String(line))
  log.mockRestore()
  expect(lines).toEqual([
    'no answer, and no way to know what became of it',
    'applied 1, duplicate 1',
  ])
})

test('the README names every kind of fault and no other', () => {
  const named = [...README.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, kind]) => kind)
  expect(named).toEqual([...FAULT_KINDS])
})

test('the README names every count and every setting', async () => {
  const { mock } = await setup()
  const names = [...Object.keys(mock.summary()), ...Object.keys(mock.settings)]
  expect(names.filter((name) => !README.includes(`\`${name}\``))).toEqual([])
})

test('the README and the source name the same controls, and the mock has each of them', async () => {
  const { control } = await setup()
  const source = read('../src/control/handle-control.ts').replaceAll(/ +/g, ' ')
  const calls = [...README.matchAll(/^\| `([A-Z]+ \/_mock\/[^`]+)`/gm)].map(([, call = '']) => call)
  expect(calls).toHaveLength(10)
  for (const call of calls) {
    expect(source).toContain(`// ${call.split('?')[0]}`)
    const [method = '', path = ''] = call.replace('/_mock/', '').replace('[/ID]', '').split(' ')
    const answer = await control(method, path, method === 'GET' ? undefined : {})
    expect(answer).not.toEqual({ error: 'no such control' })
  }
})
