// The documents name files of the repository: every one of them is there.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { expect, test } from 'vitest'

import { ROOT } from '../src/repository.ts'

const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  ...markdownIn('docs'),
  ...markdownIn('docs/decisions'),
]

test.each(DOCUMENTS)('every file that %s names is there', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8')
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = '']) =>
    join(dirname(document), target),
  )
  const named = [
    ...text.matchAll(
      /`((?:apps|packages|infra|docs|examples|scripts)\/[\w./-]+\.(?:ts|mjs|md|conf|yml))`/g,
    ),
  ]
  const paths = [...linked, ...named.map(([, path = '']) => path)]
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})

function markdownIn(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return []
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
}
