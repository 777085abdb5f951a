// relay plan check FILE: samples of events against the tracking plan, for a service's CI. Nothing is sent, and no Redis is
// needed.

import type { TrackingPlan } from '@retention-relay/events'
import type { CustomerIdKind } from '@retention-relay/producer'

import { checkSamples } from '../check/sample-check.ts'
import type { SampleFault } from '../check/sample-check.ts'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-codes.ts'
import { formatCount, formatCountOf, printable } from '../output/format.ts'
import { findPlan } from '../plan-place.ts'
import { openSource, readSource } from '../send/source.ts'
import type { Source } from '../send/source.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG, PLAN_FLAG, valueOf } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'

/** The verb. */
export const planCheckVerb: Verb = {
  name: 'plan check',
  positionals: ['FILE'],
  flags: [
    JSON_FLAG,
    PLAN_FLAG,
    {
      name: 'allow-customer-ids',
      value: 'KINDS',
      summary: "What the service's producer has as allowCustomerIds: email, phone, or email,phone.",
    },
  ],
  summary: 'Check samples of events against the tracking plan, one JSON object per line.',
  run: planCheck,
}

/** What the check came to. */
interface Findings {
  /** Lines that were read, blank ones left out. */
  readonly lines: number
  /** Lines without a fault. */
  readonly valid: number
  readonly faults: readonly SampleFault[]
}

async function planCheck(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { env, stdin, stop, out } = surroundings
  const allowed = allowedIds(valueOf(args, 'allow-customer-ids'))
  const plan = await findPlan(args, env)
  const source = await openSource(args.positionals[0], stdin)
  const endReading = (): void => void source.stream.destroy()
  stop.addEventListener('abort', endReading)
  try {
    const findings = await check(source, plan, allowed)
    if (args.flags['json'] === true) writeJson(out, findings)
    else print(findings, surroundings)
    return findings.faults.length > 0 ? EXIT.wrong : EXIT.ok
  } catch (error) {
    if (stop.aborted) throw new CliError('interrupted', 'Interrupted.', { cause: error })
    throw error
  } finally {
    stop.removeEventListener('abort', endReading)
    endReading()
  }
}

function allowedIds(text: string | undefined): readonly CustomerIdKind[] {
  if (text === undefined) return []
  const kinds = text.split(',')
  const isKind = (kind: string): kind is CustomerIdKind => kind === 'email' || kind === 'phone'
  if (kinds.every(isKind)) return kinds
  throw new CliError('usage', '--allow-customer-ids takes email, phone, or email,phone.')
}

async function check(
  source: Source,
  plan: TrackingPlan,
  allowed: readonly CustomerIdKind[],
): Promise<Findings> {
  const found: SampleFault[] = []
  let lines = 0
  let valid = 0
  for await (const { faults } of checkSamples(readSource(source), plan, allowed)) {
    lines += 1
    if (faults.length === 0) valid += 1
    found.push(...faults)
  }
  return { lines, valid, faults: found }
}

function print({ lines, valid, faults }: Findings, { out }: Surroundings): void {
  for (const { line, event, path, message } of faults) {
    const parts = [`line ${line}`, event, path, message].filter((part) => part !== null)
    out.write(`${printable(parts.join(': '))}\n`)
  }
  const wrong = formatCountOf(faults.length, 'fault')
  out.write(`${formatCountOf(lines, 'line')}: ${formatCount(valid)} match the plan, ${wrong}\n`)
}
