// The shape of a customer id: a whole number, a UUID, an address like `gid://shopify/Customer/42`, a prefix like `cus_`.
// One shop's ids have one shape; a second one means that a surface sends another kind of id for the same people, who
// then have two profiles. So do ids that differ in upper and lower case alone, or in zeros before a number. A shape tells
// nothing about the person.

/** Most different shapes that are kept; more of them are `other`. */
export const MOST_SHAPES = 20

/** The shape of ids that fit no other, and of those beyond the bound. */
export const OTHER_SHAPE = 'other'

/** An address whose last part is the id; the parts before it belong to the shape. */
const ADDRESS = /^([a-z][a-z0-9+.-]{0,15}:\/\/[A-Za-z]{1,20}(?:\/[A-Za-z]{1,20}){0,2})\/[^/\s]+$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** What follows a prefix looks drawn or counted, not like a name. */
const PREFIXED = /^([A-Za-z]{1,8}[_:.-])(?:[0-9]+|(?=.*[0-9])[A-Za-z0-9]{10,})$/
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/
const HEX = /^(?=.*[0-9])(?=.*[a-f])[0-9a-f]{16,64}$/i
const UPPER = /[A-F]/

/** The shape's name: `integer`, `integer-padded`, `uuid`, `uuid-upper`, `ulid`, `hex`, `hex-upper`, `e-mail`, `cus_*`, `gid://shopify/Customer/*`, `other`. */
export function idShape(customerId: string): string {
  if (isWhole(customerId)) return isPadded(customerId) ? 'integer-padded' : 'integer'
  if (customerId.length === 36 && UUID.test(customerId)) return inCase('uuid', customerId)
  const prefix = PREFIXED.exec(customerId)?.[1]
  if (prefix !== undefined) return `${prefix}*`
  if (customerId.includes('@')) return 'e-mail'
  const address = customerId.includes('://') ? ADDRESS.exec(customerId)?.[1] : undefined
  if (address !== undefined) return `${address}/*`
  if (ULID.test(customerId)) return 'ulid'
  return HEX.test(customerId) ? inCase('hex', customerId) : OTHER_SHAPE
}

/** Customer.io takes `0B0F…` and `0b0f…` for two people. */
function inCase(shape: string, customerId: string): string {
  return UPPER.test(customerId) ? `${shape}-upper` : shape
}

function isPadded(whole: string): boolean {
  return whole.length > 1 && whole.startsWith('0')
}

/** Without a regular expression, since most ids are asked this first. */
function isWhole(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 48 || code > 57) return false
  }
  return true
}
