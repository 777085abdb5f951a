// Reads a Dockerfile, as far as ours go: stages, and of each its instructions in order. An instruction that is not known
// here is an error, so that nothing in the file goes untried in silence.

/** What the final image says about its process. */
export interface ImageConfig {
  readonly workdir: string
  readonly env: Readonly<Record<string, string>>
  readonly user: string
  readonly ports: readonly string[]
  readonly stopSignal: string
  /** Exec form. */
  readonly healthcheck: readonly string[]
  /** Exec form. */
  readonly command: readonly string[]
}

/** A step that changes files. */
export type Step =
  | { readonly kind: 'workdir'; readonly path: string }
  | {
      readonly kind: 'copy'
      /** Name of a stage; undefined: the build context. */
      readonly from: string | undefined
      readonly sources: readonly string[]
      readonly target: string
    }
  | { readonly kind: 'run'; readonly script: string }

/** One FROM and what follows it. */
export interface Stage {
  readonly name: string
  /** Another stage, or an image. */
  readonly base: string
  readonly steps: readonly Step[]
  readonly config: ImageConfig
}

interface OpenStage {
  name: string
  base: string
  steps: Step[]
  config: { -readonly [Key in keyof ImageConfig]: ImageConfig[Key] }
}

/** Reads the text. The last stage is the image. */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: OpenStage[] = []
  for (const line of logicalLines(text)) {
    const [, verb = '', rest = ''] = /^(\S+)\s+(.*)$/s.exec(line) ?? []
    if (verb === 'FROM') {
      stages.push(openStage(rest))
      continue
    }
    const stage = stages.at(-1)
    if (stage === undefined) throw new Error(`${verb} stands before the first FROM`)
    addInstruction(stage, verb, rest)
  }
  return stages
}

/** Lines without comments, continued ones joined. */
function logicalLines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function openStage(text: string): OpenStage {
  const [, base = '', name = base] = /^(\S+)(?: AS (\S+))?$/.exec(text) ?? []
  const config = { workdir: '/', env: {}, user: 'root', ports: [], stopSignal: '' }
  return { name, base, steps: [], config: { ...config, healthcheck: [], command: [] } }
}

function addInstruction({ steps, config }: OpenStage, verb: string, rest: string): void {
  switch (verb) {
    case 'WORKDIR':
      config.workdir = rest
      steps.push({ kind: 'workdir', path: rest })
      break
    case 'COPY':
      steps.push(readCopy(rest))
      break
    case 'RUN':
      steps.push({ kind: 'run', script: rest })
      break
    case 'USER':
      config.user = rest
      break
    case 'EXPOSE':
      config.ports = [...config.ports, rest]
      break
    case 'STOPSIGNAL':
      config.stopSignal = rest
      break
    case 'HEALTHCHECK':
      config.healthcheck = execForm(rest.slice(rest.indexOf('CMD ') + 'CMD '.length))
      break
    case 'CMD':
      config.command = execForm(rest)
      break
    default:
      throw new Error(`${verb} is not known here: add it to apps/worker/test/image`)
  }
}

function readCopy(rest: string): Step {
  const words = rest.split(/\s+/)
  const from = words[0]?.startsWith('--from=') ? words.shift()!.slice('--from='.length) : undefined
  if (words.some((word) => word.startsWith('--'))) throw new Error(`COPY ${rest}: unknown option`)
  const target = words.pop()
  if (target === undefined || words.length === 0) throw new Error(`COPY ${rest}: needs two paths`)
  return { kind: 'copy', from, sources: words, target }
}

/** A JSON array of words: no shell stands between the engine and the process. */
function execForm(text: string): readonly string[] {
  const words: unknown = JSON.parse(text)
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words
  throw new Error(`${text} is not in exec form`)
}
