// Whether a value's JSON surely fits into so many bytes, without writing it: the worker asks it of every event, and writing each
// one twice would cost as much as all other checks. It counts the worst of every part, so a small value is told at once, and
// only what may be too large is measured.

/** The longest escape of one UTF-16 unit: `\u001f`. */
const UNIT_BYTES = 6
/** The longest number and a comma: `-1.2345678901234567e-308,`. */
const SCALAR_BYTES = 25

/** True: it has at most so many bytes. False: it may have more. The value is one that JSON has made. */
export function surelyFits(value: unknown, maxBytes: number): boolean {
  return roomBeside(value, maxBytes) >= 0
}

/** What is left of the room; below 0 as soon as it is used up. */
function roomBeside(value: unknown, room: number): number {
  if (room < 0) return room
  if (typeof value === 'string') return room - textBytes(value)
  if (typeof value !== 'object' || value === null) return room - SCALAR_BYTES
  let left = room - 3
  if (Array.isArray(value)) {
    for (const item of value) left = roomBeside(item, left)
    return left
  }
  for (const [name, field] of Object.entries(value)) {
    left = roomBeside(field, left - textBytes(name))
  }
  return left
}

/** With quotes, and the colon or the comma behind. */
function textBytes(text: string): number {
  return text.length * UNIT_BYTES + 3
}
