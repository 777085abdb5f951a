import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Root of the repository. */
export const ROOT: string = fileURLToPath(new URL('../../../', import.meta.url))

/** Redis' settings, the same that infra ships. */
export const REDIS_CONFIG: string = join(ROOT, 'infra', 'redis', 'redis.conf')

/** The data folder: RELAY_DATA_DIR, or .relay in the repository. */
export function dataFolder(env: Readonly<Record<string, string | undefined>>): string {
  return resolve(env['RELAY_DATA_DIR'] || join(ROOT, '.relay'))
}
