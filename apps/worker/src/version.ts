import { createRequire } from 'node:module'

const manifest = createRequire(import.meta.url)('../package.json') as { readonly version: string }

/** Version of the relay. */
export const RELAY_VERSION: string = manifest.version
