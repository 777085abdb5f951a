import { createRequire } from 'node:module'

const manifest = createRequire(import.meta.url)('../package.json') as { readonly version: string }

/** The command as a service, with its version: stands in the jobs that it adds. */
export const CLI_SERVICE: string = `relay-cli@${manifest.version}`
