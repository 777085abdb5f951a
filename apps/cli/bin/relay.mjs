#!/usr/bin/env node
// `npx relay`: the same as `npm run relay --`, so it also works before the first build.
process.argv.splice(2, 0, 'relay')
await import(new URL('../../../scripts/run.mjs', import.meta.url).href)
