// Which event ids are deduplicated: ULIDs, written in upper case as their specification prints them.
// Whether Customer.io also takes lower case is not known, so the mock proves nothing about it: such
// an id is accepted like any other text and not deduplicated.

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

export function isUlid(id: string): boolean {
  return id.length === 26 && ULID.test(id)
}
