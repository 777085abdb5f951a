// The export on disk: what is written is what a validator takes and what is read back.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

import {
  defineEvent,
  defineTrackingPlan,
  findDefinition,
  retentionPlan,
} from '@retention-relay/events'
import type { JsonSchema, TrackingPlan } from '@retention-relay/events'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'

import { exportPlan, planEntries, readExportedPlan, writeExportedPlan } from '../../src/index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-plan-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

async function write(plan: TrackingPlan): Promise<readonly string[]> {
  return writeExportedPlan(exportPlan(plan), folder)
}

function readSchema(file: string): JsonSchema {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonSchema
}

const quiz = defineEvent({
  name: 'Quiz / taken?',
  description: 'A quiz was taken.',
  version: 1,
  schema: z.strictObject({}),
})

describe('the folder of an export', () => {
  it('has one file per event, one for identify, one for jobs and the index, and no other', async () => {
    const names = Object.keys(retentionPlan.events).map((name) => `events/${name}.json`)
    const files = await write(retentionPlan)
    expect(files).toEqual([...names, 'identify.json', 'job.json', 'index.json'])
    expect(files.filter((file) => !existsSync(join(folder, file)))).toEqual([])
  })

  it('has schemas that a validator takes in its strict mode, and that take the examples', async () => {
    const { index } = exportPlan(retentionPlan)
    await write(retentionPlan)
    const ajv = new Ajv2020({ strict: true, allErrors: true })
    addFormats.default(ajv)
    expect(ajv.compile(readSchema(index.job.file))).toBeTypeOf('function')
    const files = [...index.events, { ...index.attributes, name: 'identify' }]
    for (const { name, file } of files) {
      const entry = planEntries(retentionPlan).find((one) => one.name === name)
      const validate = ajv.compile(readSchema(file))
      expect([name, validate(entry?.example), validate.errors]).toEqual([name, true, null])
    }
  })

  it('has the key of the example in each schema', () => {
    const { index, schemas } = exportPlan(retentionPlan)
    const keys = index.events.map(({ name, file }) => {
      const [example] = schemas[file]?.examples ?? []
      const key = findDefinition(retentionPlan, name)?.idempotencyKey
      return key?.of(example as Record<string, unknown>) ?? null
    })
    expect(keys).toContain('o-981')
    expect(index.events.map(({ exampleKey }) => exampleKey)).toEqual(keys)
  })

  it('has no key where the code of one throws', () => {
    const of = (): string => {
      throw new TypeError('no score')
    }
    const plan = defineTrackingPlan({
      extends: retentionPlan,
      events: [{ ...quiz, idempotencyKey: { of, why: 'A score is told once.' } }],
    })
    expect(exportPlan(plan).index.events.at(-1)).toMatchObject({
      name: quiz.name,
      exampleKey: null,
    })
  })

  it('is read back as it was written, by the folder and by the index', async () => {
    await write(retentionPlan)
    const plan = exportPlan(retentionPlan)
    expect(await readExportedPlan(folder)).toEqual(plan)
    expect(await readExportedPlan(join(folder, 'index.json'))).toEqual(plan)
  })

  it('takes a name that no file can have', async () => {
    const plan = defineTrackingPlan({ extends: retentionPlan, events: [quiz] })
    expect(await write(plan)).toContain('events/Quiz%20%2F%20taken%3F.json')
    expect(await readExportedPlan(folder)).toEqual(exportPlan(plan))
  })

  it('takes names that are too long for a file, and tells them apart', async () => {
    const names = ['а', 'б'].map((end) => 'ж'.repeat(44) + end)
    const events = names.map((name) => ({ ...quiz, name }))
    const plan = defineTrackingPlan({ extends: retentionPlan, events })
    const files = await write(plan)
    const named = exportPlan(plan).index.events.map(({ file }) => file)
    expect(new Set(named).size).toBe(named.length)
    expect(Math.max(...files.map((file) => basename(file).length))).toBeLessThan(256)
    expect(await readExportedPlan(folder)).toEqual(exportPlan(plan))
  })

  it('loses the files of events that are gone, and nothing else', async () => {
    await write(defineTrackingPlan({ extends: retentionPlan, events: [quiz] }))
    writeFileSync(join(folder, 'events/mine.json'), '{}')
    await write(retentionPlan)
    expect(existsSync(join(folder, 'events/Quiz%20%2F%20taken%3F.json'))).toBe(false)
    expect(existsSync(join(folder, 'events/mine.json'))).toBe(true)
  })
})

describe('what cannot be read is refused with its path', () => {
  it.each([
    ['no index', undefined, /index\.json cannot be read: there is none/],
    ['another JSON', '{"format":99,"events":[]}', /index\.json is no index of relay plan export/],
    ['no JSON', 'x', /index\.json cannot be read/],
    [
      'a path out of the folder',
      JSON.stringify({
        format: 1,
        events: [{ name: 'x', version: 1, file: '../../etc/passwd.json' }],
        attributes: { file: 'identify.json' },
        job: { file: 'job.json' },
      }),
      /names a file that relay plan export does not write/,
    ],
  ])('%s', async (_what, text, message) => {
    if (text !== undefined) writeFileSync(join(folder, 'index.json'), text)
    const reading = readExportedPlan(folder)
    await expect(reading).rejects.toMatchObject({ code: 'RELAY_CONFIG_INVALID' })
    await expect(reading).rejects.toThrow(message)
  })
})
