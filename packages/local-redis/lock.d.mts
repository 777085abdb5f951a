/**
 * Runs `work` while holding the lock in `folder` (created where missing); at most one process, and one caller in it,
 * holds it. A holder that died is succeeded at once. `onWait` is called once if somebody else holds it.
 */
export function withLock<T>(folder: string, work: () => Promise<T>, onWait?: () => void): Promise<T>

/** True if a process with this id runs, whoever it belongs to. One that has ended and was not collected yet does not. */
export function isAlive(pid: number): boolean
