// The checker as a program: the history in a folder, what is wrong with it line by line, and the sums as one JSON object
// in the last line. Ends with 0 when every guarantee held, with 1 when one did not, with 2 when nothing can be said.

import { checkHistory } from './check-history.ts'
import { describeFinding } from './describe-finding.ts'
import { readHistory } from './read-history.ts'

export function checkFolder(folder: string, say: (line: string) => void): 0 | 1 | 2 {
  try {
    const { findings, summary } = checkHistory(readHistory(folder))
    for (const finding of findings) say(describeFinding(finding))
    say(JSON.stringify(summary))
    return findings.length === 0 ? 0 : 1
  } catch (error) {
    say(`The history cannot be checked: ${error instanceof Error ? error.message : String(error)}`)
    return 2
  }
}
