// What has to be there before any program of the project can run: Node, the dependencies, the build. Made where missing
// or stale, one line each with its time on standard error; nothing is said or done when all is fresh (a few ms).
// Two starts at once do it once: the second waits. Plain JavaScript on Node's own modules, as nothing is installed yet.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { withLock } from '../packages/local-redis/lock.mjs'
import { hashInputs, hashInstall, hashOutputs, isInstalledByHand } from './stamps.mjs'

const LOWEST_NODE = [20, 19]
/** Width of the names in front of what is said, as in the programs' own lines. */
export const LABEL = 13
const root = fileURLToPath(new URL('..', import.meta.url))
const installStamp = inRepository('node_modules/.relay-install')
const buildStamp = inRepository('node_modules/.relay-build')

/** Absolute path of something in this repository. */
export function inRepository(path) {
  return join(root, path)
}

/** Ends the process with a clear message when the set-up is not possible. */
export async function ensureReady() {
  checkNode()
  await ensureFresh(isInstalled, install)
  await ensureFresh(isBuilt, build)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [lowestMajor, lowestMinor] = LOWEST_NODE
  if (major > lowestMajor || (major === lowestMajor && minor >= lowestMinor)) return
  stop(
    `Retention Relay needs Node ${LOWEST_NODE.join('.')} or newer. This is ${process.version} (${process.execPath}).`,
  )
}

/** Under a lock only where there is something to do; whoever waited for it looks again. */
async function ensureFresh(isFresh, work) {
  if (isFresh()) return
  await withLock(inRepository('.relay/setup.lock'), async () => isFresh() || work(), sayWaiting)
}

function sayWaiting() {
  say('another start is setting up this folder: waiting for it')
}

function isInstalled() {
  const stamp = readStamp(installStamp)
  return stamp === '' ? isInstalledByHand(root) : stamp === hashInstall(root)
}

async function install() {
  const stamp = hashInstall(root)
  await step('Dependencies', 'npm ci', () =>
    runNpm(['ci', '--include=dev', '--no-audit', '--no-fund']),
  )
  writeFileSync(installStamp, stamp)
}

function isBuilt() {
  return readStamp(buildStamp) === hashInputs(root) + hashOutputs(root)
}

/** What is edited during the build is built the next time: the inputs are read before it. */
async function build() {
  const inputs = hashInputs(root)
  const tsc = inRepository('node_modules/typescript/bin/tsc')
  await step('Build', 'tsc --build', () => run(process.execPath, [tsc, '--build'], process.env))
  writeFileSync(buildStamp, inputs + hashOutputs(root))
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** One line: what, how, and how long. The program's own output is shown only when it fails. */
async function step(name, how, work) {
  const begin = performance.now()
  process.stderr.write(`${name.padEnd(LABEL)}${how} `)
  const { code, output } = await work()
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  say(code === 0 ? `(${seconds} s)` : `failed (${seconds} s)`)
  if (code !== 0) stop(output)
}

/** Runs npm as the npm that started us, where one did. */
export function npmCommand(args) {
  const npm = process.env.npm_execpath
  return npm?.endsWith('.js') ? [process.execPath, [npm, ...args]] : ['npm', args]
}

function runNpm(args) {
  const [file, all] = npmCommand(args)
  return run(file, all, { ...process.env, ...npmCache() })
}

/** Some accounts have no home that can be written (services, containers): the cache then lies in our own folder. */
export function npmCache() {
  const cache = process.env.npm_config_cache ?? join(homedir(), '.npm')
  return isWritable(cache) ? {} : { npm_config_cache: inRepository('.relay/npm-cache') }
}

/** Where the folder is missing: whether it can be made. */
function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch (error) {
    return error.code === 'ENOENT' && folder !== dirname(folder) && isWritable(dirname(folder))
  }
}

async function run(file, args, env) {
  const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (bytes) => (output += bytes))
  child.stderr.on('data', (bytes) => (output += bytes))
  child.on('error', (error) => (output += error.message))
  const [code] = await once(child, 'close')
  return { code, output }
}

/** A line for people: standard output belongs to the program. */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

function stop(message) {
  say(message.trimEnd())
  process.exit(1)
}
