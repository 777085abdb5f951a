import { expect, test } from 'vitest'

import { Timeline } from '../../src/stage/timeline.ts'
import { tellWorkerLog } from '../../src/stage/worker-log.ts'

test('what the faults did and what the workers said stands in one order', () => {
  const timeline = new Timeline()
  const at = Date.UTC(2026, 0, 1, 14, 3, 7, 120)
  timeline.note('worker-2', 'SIGSTOP', at)
  tellWorkerLog(timeline, 'worker-1', [
    JSON.stringify({ time: at + 11_880, event: 'lease.taken', partition: 3 }),
    JSON.stringify({ time: at - 1, event: 'request.answered' }),
    'FATAL ERROR: Reached heap limit',
  ])
  expect(timeline.render()).toBe(
    '14:03:07.120 worker-2 SIGSTOP\n14:03:19.000 worker-1 takes partition 3\n',
  )
})
