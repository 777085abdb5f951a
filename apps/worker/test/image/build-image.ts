// Does what an engine does with the worker's Dockerfile: each stage in a clean folder of its own, in which its steps are
// carried out. Leaves: the folder that would be the image's file system, and how its process is started. Two things
// differ: the base image is this machine's Node, and packages may come from npm's cache.

import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { readDockerfile } from './dockerfile.ts'
import type { ImageConfig, Stage, Step } from './dockerfile.ts'
import { readDockerignore } from './dockerignore.ts'

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url))
const DOCKERFILE = join(REPOSITORY, 'infra/worker/Dockerfile')

/** A built image. */
export interface Image {
  /** Its root folder. */
  readonly root: string
  readonly config: ImageConfig
}

/** Where a stage stands while its steps are carried out. */
interface Site {
  readonly root: string
  workdir: string
}

/** Builds the image below `folder`, which must be empty. */
export async function buildImage(folder: string): Promise<Image> {
  const stages = readDockerfile(readFileSync(DOCKERFILE, 'utf8'))
  const sites = new Map<string, Site>()
  for (const stage of stages) sites.set(stage.name, await buildStage(stage, folder, sites))
  const last = stages.at(-1)!
  return { root: sites.get(last.name)!.root, config: last.config }
}

async function buildStage(
  stage: Stage,
  folder: string,
  sites: ReadonlyMap<string, Site>,
): Promise<Site> {
  const base = sites.get(stage.base)
  const site = { root: join(folder, stage.name), workdir: base?.workdir ?? '/' }
  mkdirSync(site.root)
  if (base !== undefined) copyAll(base.root, site.root)
  for (const step of stage.steps) await carryOut(step, site, sites)
  return site
}

async function carryOut(step: Step, site: Site, sites: ReadonlyMap<string, Site>): Promise<void> {
  switch (step.kind) {
    case 'workdir':
      site.workdir = step.path
      mkdirSync(join(site.root, step.path), { recursive: true })
      break
    case 'copy':
      copy(step, site, sites)
      break
    case 'run':
      await run(step.script, join(site.root, site.workdir))
      break
  }
}

function copy(
  step: Extract<Step, { kind: 'copy' }>,
  site: Site,
  sites: ReadonlyMap<string, Site>,
): void {
  const from = step.from === undefined ? REPOSITORY : sites.get(step.from)!.root
  const isSeen = step.from === undefined ? contextFilter() : () => true
  for (const source of step.sources) {
    const path = join(from, source)
    const target = join(site.root, step.target.startsWith('/') ? '' : site.workdir, step.target)
    const isInto = step.target.endsWith('/') && statSync(path).isFile()
    copyAll(path, isInto ? join(target, source.split('/').at(-1)!) : target, (found) =>
      isSeen(relative(from, found)),
    )
  }
}

function copyAll(from: string, to: string, filter: (path: string) => boolean = () => true): void {
  if (!filter(from)) throw new Error(`.dockerignore keeps ${from} from the builder`)
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter })
}

function contextFilter(): (path: string) => boolean {
  return readDockerignore(readFileSync(join(REPOSITORY, '.dockerignore'), 'utf8'))
}

/** Nothing of this process' environment but where programs and npm's cache are. */
async function run(script: string, cwd: string): Promise<void> {
  const { PATH, HOME, npm_config_cache } = process.env
  const npm = { npm_config_prefer_offline: 'true', npm_config_update_notifier: 'false' }
  const env = {
    PATH,
    HOME,
    ...(npm_config_cache === undefined ? {} : { npm_config_cache }),
    ...npm,
  }
  await promisify(execFile)('/bin/sh', ['-c', script], { cwd, env })
}
