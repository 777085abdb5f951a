export { freePort } from './free-port.ts'
export { startTestRedis } from './test-redis.ts'
export type { TestRedis, TestRedisOptions } from './test-redis.ts'
