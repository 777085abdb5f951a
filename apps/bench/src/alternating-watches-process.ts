// Loaded into a worker process before its own code (`--import`): from then on its watches see the events of every second
// slice of a quarter of a second, and nothing in between. Neighbouring slices meet the same machine, so their difference
// shows a cost that two processes, one after the other, cannot show. The worker has no setting for it, since nobody but
// this measurement wants it. At its exit the process writes the slices, as JSON, to the file that the environment names.

import { writeFileSync } from 'node:fs'

import { EventSampler, FirstOperations, ShapeCounts } from '@retention-relay/events'

import { SLICES_FILE } from './watch-slices.ts'
import type { Slice } from './watch-slices.ts'

const SLICE_MS = 250

const slices: Slice[] = []
let isWatched = true
let events = 0
let before = process.cpuUsage()

const sees = {
  fields: Reflect.get(EventSampler.prototype, 'see'),
  operation: Reflect.get(FirstOperations.prototype, 'see'),
  shape: Reflect.get(ShapeCounts.prototype, 'see'),
}
EventSampler.prototype.see = function alternating(...seen): void {
  if (isWatched) sees.fields.apply(this, seen)
}
FirstOperations.prototype.see = function alternating(...seen): void {
  if (isWatched) sees.operation.apply(this, seen)
}
ShapeCounts.prototype.see = function alternating(...seen): void {
  events += 1
  if (isWatched) sees.shape.apply(this, seen)
}

setInterval(() => {
  const { user, system } = process.cpuUsage(before)
  slices.push({ isWatched, events, cpuUs: user + system })
  before = process.cpuUsage()
  events = 0
  isWatched = !isWatched
}, SLICE_MS).unref()

process.once('exit', () => writeFileSync(process.env[SLICES_FILE]!, JSON.stringify(slices)))
