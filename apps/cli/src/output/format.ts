// Numbers, durations and times for people.

/** `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** `1 line`, `12,345 lines`. */
export function formatCountOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `350 ms`, `12 s`, `4 min`, `3.5 h`, `2 d`. */
export function formatDuration(durationMs: number): string {
  const seconds = durationMs / 1000
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`
  if (seconds < 120) return `${short(seconds)} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${short(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** `2026-01-31 09:30:05Z`. */
export function formatTime(timeMs: number): string {
  const text = new Date(timeMs).toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, 19)}Z`
}

/** What comes from outside may hold control characters; a terminal would obey them. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\u{FFFD}')
}

function short(number: number): string {
  return number < 10 ? String(Math.round(number * 10) / 10) : String(Math.round(number))
}
