// What each worker says of itself once all is quiet: nothing pending, nothing old, no reason to wait, and counts that
// agree with the durable ones.

import type { RelayStatus } from '@retention-relay/ops'

import { countRule, miscounts } from './miscounts.ts'
import type { Stage } from '../stage/stage.ts'
import type { WorkerSlot } from '../stage/worker-slot.ts'

/** Samples by name and labels, as in the text of /metrics. */
type Samples = ReadonlyMap<string, number>

/** What is wrong; asked before the workers are stopped. */
export async function restlessWorkers(stage: Stage, status: RelayStatus): Promise<string[]> {
  const scrapes = await Promise.all(stage.workers.map(async (worker) => await scrape(worker)))
  const own = stage.workers.flatMap((worker, index) => restless(worker, scrapes[index]!))
  const counted = scrapes.map((samples) => ({
    accepted: counterOf(samples, 'accepted'),
    delivered: counterOf(samples, 'delivered'),
    duplicateOrDead: counterOf(samples, 'duplicate') + counterOf(samples, 'dead'),
  }))
  const { accepted, delivered, duplicate, dead } = status.totals.counters
  const durable = { accepted, delivered, duplicateOrDead: duplicate + dead }
  return [...own, ...miscounts(counted, durable, countRule(stage.schedule))]
}

async function scrape({ name, httpPort }: WorkerSlot): Promise<Samples> {
  if (httpPort === 0) throw new Error(`${name} does not serve its metrics`)
  const response = await fetch(`http://127.0.0.1:${httpPort}/metrics`)
  const lines = (await response.text()).split('\n')
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    samples.map((line) => {
      const cut = line.lastIndexOf(' ')
      return [line.slice(0, cut), Number(line.slice(cut + 1))]
    }),
  )
}

/** Of all labels together. */
function counterOf(samples: Samples, name: string): number {
  return [...samples]
    .filter(([sample]) => sample.split('{', 1)[0] === `relay_events_${name}_total`)
    .reduce((total, [, value]) => total + value, 0)
}

function restless({ name }: WorkerSlot, samples: Samples): string[] {
  const gauges = ['relay_events_pending', 'relay_oldest_event_age_seconds', 'relay_paused']
  return [...samples]
    .filter(([sample, value]) => value !== 0 && gauges.includes(sample.split('{', 1)[0]!))
    .map(([sample, value]) => `${name} says ${sample} ${value} when all is quiet`)
}
