import { describe, expect, it } from 'vitest'

import { failedAdd } from '../src/commit/add-outcome.ts'

const reply = (message: string): Error => {
  const error = Object.assign(new Error(message), { command: { args: ['a@example.com'] } })
  error.name = 'ReplyError'
  return error
}

describe('what an error of an attempt says about the event', () => {
  it.each([
    "OOM command not allowed when used memory > 'maxmemory'.",
    "READONLY You can't write against a read only replica.",
    'MISCONF Errors writing to the AOF file',
    'NOAUTH Authentication required.',
    'LOADING Redis is loading the dataset in memory',
    'BUSY Redis is busy running a script.',
    'NOREPLICAS Not enough good replicas to write.',
    'CLUSTERDOWN The cluster is down',
    "NOPERM User shop has no permissions to run the 'evalsha' command",
  ])('%s: certainly not stored', (message) => {
    expect(failedAdd(reply(message))).toMatchObject({ kind: 'refused', cause: { message } })
  })

  it('an answer that does not tell is not taken for a refusal', () => {
    const message = 'WRONGTYPE Operation against a key holding the wrong kind of value'
    expect(failedAdd(reply(message)).kind).toBe('failed')
    expect(failedAdd(reply('ERR OOM is not at the beginning')).kind).toBe('failed')
  })

  it.each(['Connection is closed.', 'Reached the max retries per request limit (which is 0).'])(
    '%s: no answer',
    (message) => {
      expect(failedAdd(new Error(message)).kind).toBe('lost')
    },
  )

  it.each(['TRYAGAIN Multiple keys request during rehashing of slot', 'MOVED 7 10.0.0.1:6379'])(
    '%s, again and again: certainly not stored',
    (answer) => {
      const message = `Too many Cluster redirections. Last error: ReplyError: ${answer}`
      expect(failedAdd(new Error(message)).kind).toBe('refused')
    },
  )

  it('a connection that is lost after redirections: no answer', () => {
    const message = 'Too many Cluster redirections. Last error: Error: Connection is closed.'
    expect(failedAdd(new Error(message)).kind).toBe('lost')
  })

  it('the command and its payload do not travel with the error', () => {
    const outcome = failedAdd(reply('OOM command not allowed'))
    expect(JSON.stringify(outcome)).not.toContain('example.com')
    expect(Object.keys('cause' in outcome ? outcome.cause : {})).not.toContain('command')
  })
})
