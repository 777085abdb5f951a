// A run is drawn from its seed alone, and over many seeds everything that can happen does.

import { expect, test } from 'vitest'

import { drawSchedule } from '../../src/schedule/draw-schedule.ts'
import { DISTURBING, FAULTS } from '../../src/schedule/fault-table.ts'
import type { FaultRow } from '../../src/schedule/fault-table.ts'
import type { PlannedFault, Schedule } from '../../src/schedule/schedule.ts'

const LOAD_MS = 10_000
const many = Array.from({ length: 400 }, (_, index) => drawSchedule(index + 1, LOAD_MS))

test('the same seed draws the same run, another seed another one', () => {
  expect(drawSchedule(7, LOAD_MS)).toEqual(drawSchedule(7, LOAD_MS))
  expect(new Set(many.map((schedule) => JSON.stringify(schedule))).size).toBe(many.length)
})

test('every kind of fault and every topology comes up', () => {
  const kinds = new Set(many.flatMap(({ faults }) => faults.map(({ kind }) => kind)))
  expect([...kinds].toSorted()).toEqual(Object.keys(FAULTS).toSorted())
  const topologies = new Set(many.map(({ topology }) => JSON.stringify(topology)))
  expect(topologies.size).toBe(4)
})

test('faults begin while there is load, in the order of their times, and only where they can be', () => {
  for (const { faults, topology } of many) {
    expect(faults.map(({ atMs }) => atMs)).toEqual(
      faults.map(({ atMs }) => atMs).toSorted((one, other) => one - other),
    )
    for (const { kind, atMs } of faults) {
      expect(atMs).toBeLessThan(LOAD_MS)
      const row: FaultRow = FAULTS[kind]
      expect(row.topologies ?? [topology.kind]).toContain(topology.kind)
    }
  }
})

test('faults of one target do not overlap, and the fleet is not hit together with its workers', () => {
  for (const schedule of many) {
    for (const faults of lanesOf(schedule).values()) {
      faults.slice(1).forEach((fault, index) => {
        const before = faults[index]!
        expect(fault.atMs).toBeGreaterThanOrEqual(before.atMs + before.forMs)
      })
    }
    const lanes = new Set(schedule.faults.map(({ kind }) => FAULTS[kind].lane))
    expect(lanes.has('fleet') && lanes.has('worker')).toBe(false)
  }
})

test('in about one run of ten nothing hits the workers or their Redis, and something else does', () => {
  const calm = many.filter(({ faults }) =>
    faults.every(({ kind }) => !DISTURBING.includes(FAULTS[kind].lane)),
  )
  expect(calm.length).toBeGreaterThan(many.length / 20)
  expect(calm.length).toBeLessThan(many.length / 5)
  expect(calm.some(({ faults }) => faults.length > 0)).toBe(true)
})

function lanesOf({ faults }: Schedule): Map<string, PlannedFault[]> {
  const lanes = new Map<string, PlannedFault[]>()
  for (const fault of faults) {
    const lane = `${FAULTS[fault.kind].lane}-${fault.target}`
    lanes.set(lane, [...(lanes.get(lane) ?? []), fault])
  }
  return lanes
}
