// Where a Redis comes from, on machines made of small shell scripts: what is on PATH, in the cache, and what apt gives.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { findRedisServer, RedisNotFoundError } from '../src/index.ts'
import type { FindOptions, RedisBinary } from '../src/index.ts'

const REDIS_7 = 'echo "Redis server v=7.2.4 sha=00000000:0 malloc=libc bits=64"'
const VALKEY = 'echo "Valkey server v=8.1.1 sha=00000000:0 malloc=libc bits=64"'

interface Machine {
  path: (name: string) => string
  /** Writes a shell script into the machine. */
  install: (path: string, script: string) => string
  find: (options?: Partial<FindOptions>) => Promise<RedisBinary>
  cacheDir: string
  lines: string[]
}

/** PATH is `bin` alone; nothing is installed. */
const setup = (): Machine => {
  const root = mkdtempSync(join(tmpdir(), 'relay-find-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const path = (name: string): string => join(root, name)
  const cacheDir = path('cache')
  const lines: string[] = []
  const find = (options?: Partial<FindOptions>): Promise<RedisBinary> =>
    findRedisServer({
      cacheDir,
      log: (line) => lines.push(line),
      env: { PATH: path('bin') },
      extraFolders: [path('brew')],
      ...options,
    })
  const install = (name: string, script: string): string => {
    mkdirSync(dirname(path(name)), { recursive: true })
    writeFileSync(path(name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`)
    chmodSync(path(name), 0o755)
    return path(name)
  }
  return { path, install, find, cacheDir, lines }
}

const cachedServer = `cache/redis-${process.platform}-${process.arch}/usr/bin/redis-server`

test('an installed Redis is taken, with its client and its version', async () => {
  const { install, find } = setup()
  const serverPath = install('bin/redis-server', REDIS_7)
  const cliPath = install('bin/redis-cli', '')
  const binary = await find()
  expect(binary).toMatchObject({ serverPath, cliPath, version: '7.2.4', flavour: 'redis' })
  expect(binary).toMatchObject({ source: 'path', env: {} })
  expect(binary.description).toBe(`Redis 7.2.4 (${serverPath})`)
})

test('what it is follows from its answer and not from its name', async () => {
  const { install, find } = setup()
  install('bin/redis-server', VALKEY)
  expect(await find()).toMatchObject({ flavour: 'valkey', version: '8.1.1' })
})

test('PATH goes before the further folders, and they before the cached copy', async () => {
  const { install, find } = setup()
  install(cachedServer, REDIS_7)
  expect((await find()).source).toBe('cache')
  const brew = install('brew/valkey-server', VALKEY)
  expect((await find()).serverPath).toBe(brew)
  const onPath = install('bin/redis-server', REDIS_7)
  expect((await find()).serverPath).toBe(onPath)
})

test('a Redis that is older than 7.0 is skipped, and said', async () => {
  const { install, find, lines } = setup()
  const old = install('bin/redis-server', 'echo "Redis server v=6.2.14 sha=0"')
  const brew = install('brew/redis-server', REDIS_7)
  expect((await find()).serverPath).toBe(brew)
  expect(lines).toEqual([`skipped: ${old} is Redis 6.2.14, older than 7.0`])
})

test.each([
  ['another server', 'echo "KeyDB server v=6.3.4"', /KeyDB server v=6.3.4/],
  ['one that does not run here', 'echo "cannot open libssl.so.3" >&2; exit 127', /libssl\.so\.3/],
])('%s under the name of Redis is skipped with what it said', async (_, script, words) => {
  const { install, find, lines } = setup()
  install('bin/redis-server', script)
  install('brew/redis-server', REDIS_7)
  await find()
  expect(lines.join()).toMatch(words)
})

test('where there is none, one error names each place and the three ways out', async () => {
  const { install, find } = setup()
  install(cachedServer, 'exit 1')
  const error = await find().catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(RedisNotFoundError)
  expect(String(error)).toMatch(/no valkey-server or redis-server on PATH/)
  expect(String(error)).toMatch(/cache.*is not a Redis that runs here/)
  expect(String(error)).toMatch(/no apt-get here/)
  expect(String(error)).toMatch(/brew install valkey[^]*docker compose[^]*REDIS_URL/)
})

/** A package is a script; unpacking makes it the server. */
const withArchive = (machine: Machine, packaged: string): void => {
  machine.install('package', packaged)
  machine.install(
    'bin/apt-get',
    `echo "$*" >> "${machine.path('apt-calls')}"
    case "$*" in *" download "*) cp "${machine.path('package')}" redis.deb ;; esac`,
  )
  machine.install('bin/dpkg', 'mkdir -p "$3/usr/bin"; cp "$2" "$3/usr/bin/redis-server"')
}

test('the distribution gives one, which is cached for the next time', async () => {
  const machine = setup()
  withArchive(machine, REDIS_7)
  expect(await machine.find()).toMatchObject({
    source: 'apt',
    serverPath: machine.path(cachedServer),
  })
  expect(await machine.find()).toMatchObject({ source: 'cache' })
  expect(readFileSync(machine.path('apt-calls'), 'utf8')).toMatch(
    /^.* update\n.* download redis-server .*\n$/,
  )
})

test('starts at the same time download once, and leave only the copy', async () => {
  const machine = setup()
  withArchive(machine, REDIS_7)
  const found = await Promise.all([1, 2, 3].map(() => machine.find()))
  expect(found.map(({ source }) => source).toSorted()).toEqual(['apt', 'cache', 'cache'])
  expect(readFileSync(machine.path('apt-calls'), 'utf8').match(/ update\n/g)).toHaveLength(1)
  expect(readdirSync(machine.cacheDir)).toEqual([
    'redis-download.lock',
    dirname(dirname(dirname(cachedServer))).slice(6),
  ])
})

test('a cached copy that does not run is replaced', async () => {
  const machine = setup()
  machine.install(cachedServer, 'exit 1')
  withArchive(machine, REDIS_7)
  expect(await machine.find()).toMatchObject({ source: 'apt', version: '7.2.4' })
})

test('a library that the system lacks is fetched under either of its names', async () => {
  const machine = setup()
  withArchive(
    machine,
    `[ -e "${machine.path('ssl')}" ] || { echo "libssl.so.3: cannot open" >&2; exit 127; }; ${REDIS_7}`,
  )
  const call = `case "$*" in *libssl3t64*) echo "unknown package" >&2; exit 100 ;; *libssl3*) touch "${machine.path('ssl')}" ;; esac`
  const apt = readFileSync(machine.path('bin/apt-get'), 'utf8').replace('#!/bin/sh\n', '')
  machine.install('bin/apt-get', `${call}\n${apt}`)
  expect(await machine.find()).toMatchObject({ source: 'apt', version: '7.2.4' })
})

test.each([
  ['apt that fails', 'exit 0', /could not fetch Redis.*no network/],
  [
    'a distribution whose Redis is too old',
    'echo "Redis server v=6.0.16 sha=0"',
    /the distribution's redis-server is Redis 6\.0\.16, older/,
  ],
])(
  '%s is one of the reasons in the error, and leaves nothing behind',
  async (_, packaged, words) => {
    const machine = setup()
    withArchive(machine, packaged)
    if (packaged === 'exit 0') machine.install('bin/apt-get', 'echo "no network" >&2; exit 100')
    await expect(machine.find()).rejects.toThrow(words)
    expect(readdirSync(machine.cacheDir)).toEqual(['redis-download.lock'])
    expect(existsSync(machine.path(cachedServer))).toBe(false)
  },
)
