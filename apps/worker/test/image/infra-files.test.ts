// The files that are read by other programs than ours: compose file, Prometheus' scrape settings, Dockerfile and
// .dockerignore. Each must be well-formed, must name things that exist, and must agree with the others and the code.

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { retentionPlan } from '@retention-relay/events'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

import { configSchema } from '../../src/config.ts'
import { createMetrics } from '../../src/metrics.ts'
import { readDocument, readTable } from '../documents.ts'
import { readDockerfile } from './dockerfile.ts'
import { readDockerignore } from './dockerignore.ts'

interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly command?: readonly string[]
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly env_file?: string
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly stop_grace_period?: string
}

const compose = parse(readDocument('docker-compose.yml')) as {
  readonly services: Readonly<Record<'redis' | 'worker' | 'prometheus', Service>>
  readonly volumes: Readonly<Record<string, null>>
}
const { redis, worker, prometheus } = compose.services
const services = Object.values(compose.services)
const alerts = parse(readDocument('infra/prometheus/alerts.yml')) as {
  readonly groups: readonly {
    readonly name: string
    readonly rules: readonly {
      readonly alert: string
      readonly expr: string
      readonly labels: { readonly severity: string }
      readonly annotations: { readonly summary: string; readonly description: string }
    }[]
  }[]
}
const scrape = parse(readDocument('infra/prometheus/prometheus.yml')) as {
  readonly rule_files: readonly string[]
  readonly scrape_configs: readonly {
    readonly dns_sd_configs: readonly { readonly names: string[]; readonly port: number }[]
  }[]
}
const alertTests = parse(readDocument('infra/prometheus/alerts.test.yml')) as {
  readonly rule_files: readonly string[]
  readonly tests: readonly {
    readonly input_series: readonly { readonly series: string }[]
    readonly alert_rule_test: readonly {
      readonly alertname: string
      readonly exp_alerts: readonly object[]
    }[]
  }[]
}
const stages = readDockerfile(readDocument('infra/worker/Dockerfile'))
const image = stages.at(-1)!.config

function exists(path: string): boolean {
  return existsSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)))
}

test('every image is pinned to a whole version', () => {
  const stageNames = stages.map(({ name }) => name)
  const bases = stages.map(({ base }) => base).filter((base) => !stageNames.includes(base))
  const images = [...services.flatMap((service) => service.image ?? []), ...bases]
  expect(images.length).toBeGreaterThan(3)
  for (const name of images) expect(name).toMatch(/^[a-z/]+:v?\d+\.\d+\.\d+(-[a-z-]+)?$/)
  expect(new Set(bases).size).toBe(1)
})

test('what is mounted exists in the repository or is a declared volume, and nothing is published beyond this machine', () => {
  const mounts = services.flatMap(({ volumes = [] }) =>
    volumes.map((mount) => mount.split(':')[0]!),
  )
  const [files, volumes] = [true, false].map((isFile) =>
    mounts.filter((mount) => mount.startsWith('./') === isFile),
  )
  expect(files!.filter((path) => !exists(path))).toEqual([])
  expect(volumes!.toSorted()).toEqual(Object.keys(compose.volumes).toSorted())
  for (const port of services.flatMap(({ ports = [] }) => ports))
    expect(port).toMatch(/^127\.0\.0\.1:/)
})

test('redis starts with the settings file of the repository, on a volume, and is asked for its health', () => {
  expect(redis.volumes).toContain(`./infra/redis/redis.conf:${redis.command?.[1]}:ro`)
  const folder = redis.command![redis.command!.indexOf('--dir') + 1]
  expect(redis.volumes).toContain(`redis-data:${folder}`)
  expect(redis.healthcheck?.test).toEqual(['CMD', 'redis-cli', '-e', 'ping'])
})

test('the worker is built from the Dockerfile, configured by .env, and waits for a healthy redis', () => {
  expect(exists(worker.build!.dockerfile)).toBe(true)
  expect(worker.env_file).toBe('.env')
  expect(worker.depends_on).toEqual({ redis: { condition: 'service_healthy' } })
  expect(worker.environment).toMatchObject({ REDIS_URL: 'redis://redis:6379' })
  for (const name of Object.keys(worker.environment!))
    expect(configSchema.shape).toHaveProperty(name)
})

test('a clean stop ends before the container is killed', () => {
  const graceMs = Number.parseInt(worker.stop_grace_period!, 10) * 1000
  expect(worker.stop_grace_period).toMatch(/^\d+s$/)
  expect(graceMs).toBeGreaterThan(configSchema.shape.RELAY_SHUTDOWN_MS.parse(undefined))
  expect(image.stopSignal).toBe('SIGTERM')
})

test('prometheus scrapes the service worker at the port that it serves', () => {
  expect(prometheus.volumes).toContain(
    './infra/prometheus/prometheus.yml:/etc/prometheus/prometheus.yml:ro',
  )
  const port = Number(worker.environment!['RELAY_HTTP_PORT'])
  expect(scrape.scrape_configs[0]!.dns_sd_configs).toMatchObject([{ names: ['worker'], port }])
  expect(image.ports).toEqual([String(port)])
  expect(configSchema.shape.RELAY_HTTP_PORT.parse(undefined)).toBe(port)
})

test('prometheus is given the alerts, each about metrics, labels and reasons that there are', async () => {
  expect(scrape.rule_files).toEqual(['alerts.yml'])
  expect(prometheus.volumes).toContain(
    './infra/prometheus/alerts.yml:/etc/prometheus/alerts.yml:ro',
  )
  const { registry } = createMetrics(
    async () => null,
    async () => null,
    retentionPlan,
  )
  const document = readDocument('docs/metrics.md')
  const rules = alerts.groups.flatMap((group) => group.rules)
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  for (const { expr, labels, annotations } of rules) {
    const names = expr.match(/relay_[a-z_]+/g) ?? []
    expect(names).not.toEqual([])
    for (const name of names) expect(registry.getSingleMetric(name)).toBeDefined()
    const [, reasons = ''] = /reason=~?"([^"]+)"/.exec(expr) ?? []
    for (const reason of reasons.split('|').filter((word) => word !== ''))
      expect(document).toContain(`\n| \`${reason}\``)
    const labelsOf = (text: string, pattern: RegExp): string[] =>
      [...text.matchAll(pattern)].map(([, label]) => label!)
    expect(labelsOf(annotations.summary, /\{\{ \$labels\.(\w+) \}\}/g)).toEqual(
      labelsOf(expr, /(?:sum|max) by \((\w+)\)/g),
    )
    expect(['warning', 'critical']).toContain(labels.severity)
    expect(annotations.description).toMatch(/\.$/)
  }
})

test('each alert is tested where it alerts and where it does not, on series with the labels that there are', async () => {
  expect(alertTests.rule_files).toEqual(scrape.rule_files)
  const { registry } = createMetrics(
    async () => null,
    async () => null,
    retentionPlan,
  )
  for (const { series } of alertTests.tests.flatMap(({ input_series }) => input_series)) {
    const [, name = '', labels = ''] = /^(\w+)\{(.*)\}$/.exec(series) ?? []
    const { labelNames } = registry.getSingleMetric(name) as unknown as { labelNames: string[] }
    const given = [...labels.matchAll(/(\w+)="[^"]+"/g)].map(([, label]) => label)
    expect([series, given]).toEqual([series, [...labelNames, 'instance', 'job']])
  }
  const cases = alertTests.tests.flatMap((each) => each.alert_rule_test)
  const namesOf = (fires: boolean): Set<string> =>
    new Set(cases.flatMap((each) => (each.exp_alerts.length > 0 === fires ? [each.alertname] : [])))
  const names = new Set(alerts.groups.flatMap((group) => group.rules.map(({ alert }) => alert)))
  expect(namesOf(true)).toEqual(names)
  expect(namesOf(false)).toEqual(names)
})

test('every alert of the watches says in their document what to do', () => {
  const watches = alerts.groups.find(({ name }) => name === 'watches')
  const documented = readTable(readDocument('docs/drift.md'), 'alert').map(([alert]) => alert)
  expect(watches?.rules.map(({ alert }) => alert)).toEqual(documented)
})

test("the image has the worker, the producer that a shop's tracking plan imports, the packages that they need, and no other", () => {
  const copied = stages.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === 'copy' && step.from === undefined ? step.sources : [])),
  )
  const manifests = copied.filter((path) => path.endsWith('/package.json'))
  expect(manifests.toSorted()).toEqual(
    neededBy('packages/producer', neededBy('apps/worker'))
      .map((folder) => `${folder}/package.json`)
      .toSorted(),
  )
})

/** The folder and those of the workspace packages that it needs. */
function neededBy(folder: string, known: string[] = []): string[] {
  if (known.includes(folder)) return known
  const { dependencies = {} } = JSON.parse(readDocument(`${folder}/package.json`)) as {
    dependencies?: Record<string, string>
  }
  const ours = Object.keys(dependencies).filter((name) => name.startsWith('@retention-relay/'))
  return ours.reduce(
    (found, name) => neededBy(name.replace('@retention-relay', 'packages'), found),
    [...known, folder],
  )
}

test('the builder sees sources and manifests, and no secret, data, test or foreign build', () => {
  const isSeen = readDockerignore(readDocument('.dockerignore'))
  const seen = ['package-lock.json', 'apps/worker/src/main.ts', 'packages/events/package.json']
  const unseen = [
    '.env',
    '.git/config',
    '.relay/appendonlydir/x.aof',
    'apps/worker/.env.local',
    'apps/worker/test/config.test.ts',
    'packages/queue/dist/index.js',
    'packages/queue/node_modules/x/index.js',
    'node_modules/zod/index.js',
    'README.md',
  ]
  expect(seen.filter((path) => !isSeen(path))).toEqual([])
  expect(unseen.filter((path) => isSeen(path))).toEqual([])
})
