// `node packages/testkit/dist/main.js FOLDER`: checks the history of a run.

import { checkFolder } from './history/check-folder.ts'

process.exitCode = checkFolder(process.argv[2] ?? '.', (line) => {
  process.stdout.write(`${line}\n`)
})
