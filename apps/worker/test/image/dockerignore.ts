// What of the repository reaches the builder: the rules of .dockerignore, of which the last one that matches a path or
// one of the folders above it decides.

/** Whether the builder sees a path (relative, with slashes). */
export type ContextFilter = (path: string) => boolean

/** Reads the rules. */
export function readDockerignore(text: string): ContextFilter {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isException = line.startsWith('!')
      return { isException, pattern: toPattern(isException ? line.slice(1) : line) }
    })
  return (path) => {
    let isSeen = true
    for (const { isException, pattern } of rules) if (pattern.test(path)) isSeen = isException
    return isSeen
  }
}

/** `**` is any number of folders, `*` anything within a name; what lies below a match is matched too. */
function toPattern(rule: string): RegExp {
  const source = rule
    .split('/')
    .map((part) => (part === '**' ? '**' : part.split('*').map(escapePart).join('[^/]*')))
    .join('/')
    .replaceAll('**/', '(?:.*/)?')
  return new RegExp(`^${source}(?:/.*)?$`)
}

function escapePart(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
}
