// The results in words, as a table of three columns.

/** Lines of the table. */
export function renderTable(results) {
  const { order, zombie, fullIdle, fullBusy, stopDead, stopHung } = results
  const { jobs, cuts } = order.relay
  return align([
    ['reason', 'stock BullMQ Worker', 'Retention Relay'],
    [
      `order: ${jobs} jobs, ${cuts} cut connections`,
      `concurrency 1: ${late(order.stock1)}`,
      late(order.relay),
    ],
    ['', `concurrency 50: ${late(order.stock50)}`, ''],
    [`zombie: ${zombie.relay.jobs} jobs`, woken(zombie.stock), woken(zombie.relay)],
    ['  order', late(zombie.stock), late(zombie.relay)],
    ['  everything done after', seconds(zombie.stock), seconds(zombie.relay)],
    ['  in flight at the stop, sent again', inFlight(zombie.stock), inFlight(zombie.relay)],
    ['full Redis, idle worker', drained(fullIdle.stock), drained(fullIdle.relay)],
    ['full Redis, busy worker', drained(fullBusy.stock), drained(fullBusy.relay)],
    ['SIGTERM while Redis is dead', ended(stopDead.stock), ended(stopDead.relay)],
    ['SIGTERM while Redis hangs', ended(stopHung.stock), ended(stopHung.relay)],
  ])
}

function late({ overtaken, longestMs, missing }) {
  const lost = missing === 0 ? '' : `, ${missing} never arrived`
  if (overtaken === 0) return `none overtaken${lost}`
  return `${overtaken} overtaken, up to ${(longestMs / 1000).toFixed(0)} s late${lost}`
}

function woken({ fromZombie }) {
  return fromZombie === 0 ? 'woken, it sends nothing' : `woken, it sends ${fromZombie} done ones`
}

function inFlight({ repeated, fromZombie }) {
  return String(repeated - fromZombie)
}

function seconds({ seconds: count }) {
  return `${count.toFixed(1)} s`
}

function drained({ drained: count, jobs, errors, seconds: time }) {
  return `${count} of ${jobs} in ${time.toFixed(1)} s, ${errors} errors`
}

function ended({ ended: hasEnded, code, seconds: time }) {
  return hasEnded
    ? `ended with ${code} after ${time.toFixed(1)} s`
    : `still runs after ${time.toFixed(0)} s`
}

function align(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const lines = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column])).join(' | '),
  )
  const rule = widths.map((width) => '-'.repeat(width)).join('-+-')
  return [lines[0], rule, ...lines.slice(1)].map((line) => line.trimEnd())
}
