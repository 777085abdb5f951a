// How the command ends. docs/cli.md shows the same table; a test holds the two together. 69, 70 and 78 are those of
// sysexits.h, so that a supervisor can tell a Redis that is away from a wrong setting.

/** Exit codes by name. */
export const EXIT = {
  /** Done, and nothing is wrong. */
  ok: 0,
  /** Done, and something is wrong: a fault in the status, a rejected line, no such dead letter, a refused replay. */
  wrong: 1,
  /** The command line cannot be understood, or a file that it names cannot be used. */
  usage: 2,
  /** Redis cannot be reached, or was lost. Trying again later may help. */
  redis: 69,
  /** A bug of the relay. */
  bug: 70,
  /** A setting is missing or wrong. Trying again does not help. */
  config: 78,
  /** Ended by Ctrl-C or SIGTERM before it was done. */
  interrupted: 130,
} as const

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
