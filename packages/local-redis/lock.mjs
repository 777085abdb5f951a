// A lock between processes: a folder that holds numbered tickets. The highest number is the state: held by the process
// written in it, or free. Taking the lock means creating the next number, which the file system lets only one do, so a
// dead holder's lock is taken over by exactly one successor. Lower numbers mean nothing, and only a holder removes
// them: a process that was slow to look and created one finds the higher number and steps back.
//
// Plain JavaScript outside `src`, because `scripts/first-run.mjs` needs it before anything is installed or built.
import { randomUUID } from 'node:crypto'
import {
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 25
const HEARTBEAT_MS = 2_000
/** A holder whose process cannot be judged (another machine, a reused id) is dead after so many silent looks: 30 s. */
const SILENT_LOOKS = 1_200

/** Runs `work` while holding the lock in `folder` (created where missing). `onWait` is called once if somebody else holds it. */
export async function withLock(folder, work, onWait) {
  const ticket = await acquire(folder, onWait)
  const heartbeat = setInterval(() => touch(ticket), HEARTBEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    release(folder, ticket)
  }
}

async function acquire(folder, onWait) {
  mkdirSync(folder, { recursive: true })
  const seen = { beat: '', looks: 0 }
  for (let waited = false; ; waited = true) {
    const ticket = tryAcquire(folder, seen)
    if (ticket) return ticket
    if (!waited) onWait?.()
    await delay(POLL_MS)
  }
}

function tryAcquire(folder, seen) {
  const top = highest(folder)
  if (top > 0 && isHeld(join(folder, String(top)), seen)) return undefined
  const mine = createTicket(folder, top + 1)
  if (!mine) return undefined
  const numbers = listNumbers(folder)
  if (Math.max(...numbers) > top + 1) {
    rmSync(mine, { force: true })
    return undefined
  }
  for (const number of numbers)
    if (number <= top) rmSync(join(folder, String(number)), { force: true })
  return mine
}

/** Creates the ticket with its content in one step; undefined if another process was first. */
function createTicket(folder, number) {
  const draft = writeDraft(folder, { pid: process.pid, host: hostname() })
  const path = join(folder, String(number))
  try {
    linkSync(draft, path)
    return path
  } catch (error) {
    if (error.code === 'EEXIST') return undefined
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function isHeld(path, seen) {
  const ticket = readTicket(path)
  if (!ticket) return true // Replaced a moment ago: look again.
  if (ticket.pid === 0) return false
  if (ticket.host === hostname() && !isAlive(ticket.pid)) return false
  seen.looks = ticket.beat === seen.beat ? seen.looks + 1 : 0
  seen.beat = ticket.beat
  return seen.looks < SILENT_LOOKS
}

function readTicket(path) {
  try {
    const beat = `${path} ${statSync(path).mtimeMs}`
    return { beat, ...JSON.parse(readFileSync(path, 'utf8')) }
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** True if a process with this id runs, whoever it belongs to. One that has ended and was not collected yet does not. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code !== 'EPERM') return false
  }
  return !isZombie(pid)
}

function isZombie(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return false // No /proc here, or it has just gone: the next look tells.
  }
}

function release(folder, ticket) {
  renameSync(writeDraft(folder, { pid: 0, host: '' }), ticket)
}

function touch(ticket) {
  const now = new Date()
  try {
    utimesSync(ticket, now, now)
  } catch {
    // Suspended for so long that somebody else took over: what runs cannot be taken back, and the next look is theirs.
  }
}

function writeDraft(folder, content) {
  const draft = join(folder, `.draft-${randomUUID()}`)
  writeFileSync(draft, JSON.stringify(content))
  return draft
}

function listNumbers(folder) {
  return readdirSync(folder).map(Number).filter(Number.isInteger)
}

function highest(folder) {
  return Math.max(0, ...listNumbers(folder))
}
