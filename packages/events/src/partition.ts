// Which partition an event belongs to. All events of a customer share one partition, so their order is the
// order of one queue. The rule is fixed on the wire: services in other languages compute the same number.

/** Number of partitions of a namespace when none is set. */
export const DEFAULT_PARTITIONS = 16

const TABLE = buildTable()

/** CRC16-XMODEM of the UTF-8 bytes of the customer id, modulo the number of partitions. */
export function partitionOf(customerId: string, partitions: number): number {
  let crc = 0
  for (let index = 0; index < customerId.length; index += 1) {
    const unit = customerId.charCodeAt(index)
    // Beyond ASCII a unit is not its own UTF-8.
    if (unit > 0x7f) return crc16(Buffer.from(customerId, 'utf8')) % partitions
    crc = step(crc, unit)
  }
  return crc % partitions
}

/** CRC16-XMODEM: polynomial 0x1021, initial value 0; the check value of `123456789` is 0x31C3. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) crc = step(crc, byte)
  return crc
}

function step(crc: number, byte: number): number {
  return ((crc << 8) & 0xffff) ^ TABLE[((crc >> 8) ^ byte) & 0xff]!
}

function buildTable(): Uint16Array {
  const table = new Uint16Array(256)
  for (let index = 0; index < 256; index += 1) {
    let crc = index << 8
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1
    table[index] = crc & 0xffff
  }
  return table
}
