// Packs the producer as the one tarball that a service installs. The packages that it is made of (events, queue) are not
// published: the compiled files that it reaches go inside, and what imports them by name imports them by path. Enters: the
// compiled `dist` folders of the three. Leaves: a tarball that depends on bullmq, ioredis and zod and on nothing else.
//
//   npm run build && npm run pack:producer [-- FOLDER]     FOLDER: where the tarball goes, default the current one
//
// May go wrong: something is not compiled, or imports a package that the tarball would not bring. Both stop it.

import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const producer = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const root = resolve(producer, '../..')
const destination = resolve(process.argv[2] ?? '.')

/** Packages that go inside, with their compiled folder. */
const INSIDE = new Map(
  ['events', 'queue'].map((name) => [
    `@retention-relay/${name}`,
    join(root, 'packages', name, 'dist'),
  ]),
)
/** Packages that a service gets with the tarball. */
const BROUGHT = ['bullmq', 'ioredis', 'zod']

const SPECIFIER = /(\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"\n]+)\2/g

const stage = mkdtempSync(join(tmpdir(), 'relay-pack-'))
try {
  stageReachable([join(producer, 'dist/index.js'), join(producer, 'dist/index.d.ts')])
  writeManifest()
  cpSync(join(root, 'LICENSE'), join(stage, 'LICENSE'))
  cpSync(join(producer, 'README.md'), join(stage, 'README.md'))
  const args = ['pack', stage, '--pack-destination', destination, '--json']
  const [packed] = JSON.parse(execFileSync('npm', args, { encoding: 'utf8' }))
  console.log(join(destination, packed.filename))
} finally {
  rmSync(stage, { recursive: true })
}

/** Copies the files and all that they import, each once. */
function stageReachable(entries) {
  const seen = new Set(entries)
  for (const file of seen) {
    if (!existsSync(file)) throw new Error(`${relative(root, file)} is missing: npm run build`)
    const text = readFileSync(file, 'utf8').replace(/\n?\/\/# sourceMappingURL=.*\n?$/, '\n')
    const target = targetOf(file)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(
      target,
      text.replace(SPECIFIER, (_, before, quote, specifier) => {
        const imported = fileOf(file, specifier)
        if (imported === undefined) return `${before}${quote}${specifier}${quote}`
        seen.add(imported)
        return `${before}${quote}${pathBetween(target, targetOf(imported))}${quote}`
      }),
    )
  }
}

/** The compiled file that a specifier means; undefined for a package that is brought. */
function fileOf(file, specifier) {
  const extension = file.endsWith('.d.ts') ? '.d.ts' : '.js'
  if (specifier.startsWith('.')) {
    return resolve(dirname(file), specifier.replace(/\.[jt]s$/, extension))
  }
  const inside = INSIDE.get(specifier)
  if (inside !== undefined) return join(inside, `index${extension}`)
  const isBrought = BROUGHT.some((name) => specifier === name || specifier.startsWith(`${name}/`))
  if (isBrought || specifier.startsWith('node:')) return undefined
  throw new Error(`${relative(root, file)} imports ${specifier}, which the tarball does not bring`)
}

/** `packages/producer/dist/x.js` becomes `dist/x.js`, `packages/queue/dist/x.js` becomes `dist/queue/x.js`. */
function targetOf(file) {
  const [name, , ...rest] = relative(join(root, 'packages'), file).split(sep)
  return join(stage, 'dist', name === 'producer' ? '' : name, ...rest)
}

/** The specifier by which one staged file imports another. */
function pathBetween(from, to) {
  const path = relative(dirname(from), to)
    .split(sep)
    .join('/')
    .replace(/\.d\.ts$/, '.js')
  return path.startsWith('.') ? path : `./${path}`
}

function writeManifest() {
  const own = JSON.parse(readFileSync(join(producer, 'package.json'), 'utf8'))
  const { name, version, description, license, type, engines, dependencies } = own
  const manifest = {
    name,
    version,
    description,
    license,
    type,
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    files: ['dist'],
    dependencies: Object.fromEntries(BROUGHT.map((brought) => [brought, dependencies[brought]])),
    engines,
  }
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}
