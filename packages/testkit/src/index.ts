export { documentedKeys } from './documented-keys.ts'
export type { DocumentedKey } from './documented-keys.ts'
export { startFaultProxy } from './fault-proxy.ts'
export type { FaultProxy, FaultProxyOptions, ProxyAddress } from './fault-proxy.ts'
export { freePort } from './free-port.ts'
export { checkFolder } from './history/check-folder.ts'
export { checkHistory } from './history/check-history.ts'
export type { HistoryCheck } from './history/check-history.ts'
export { describeFinding } from './history/describe-finding.ts'
export type { Finding, HistorySummary } from './history/finding.ts'
export type { History, ProducerHistory } from './history/history.ts'
export { mostRequests } from './history/rate-faults.ts'
export { readHistory } from './history/read-history.ts'
export type {
  CalledRecord,
  CallEnd,
  Counts,
  DeadLetterLine,
  Period,
  ProducerRecord,
  ReceiptRecord,
  ReceivedOperation,
  RequestEnded,
  RequestOpened,
  Disturbance,
  RunFacts,
} from './history/records.ts'
export { limitProcess } from './limit-process.ts'
export type { WaitForLineOptions } from './line-log.ts'
export { LOOSE_PLAN } from './loose-plan-path.ts'
export { peakRssMb } from './peak-rss-mb.ts'
export type { Cut, Hold, Match } from './proxy-faults.ts'
export { startRedisCluster } from './redis-cluster.ts'
export type { RedisCluster, RedisClusterOptions } from './redis-cluster.ts'
export { Random } from './random.ts'
export { redisCommand } from './redis-command.ts'
export { selfSignedCertificate } from './self-signed-certificate.ts'
export type { Certificate } from './self-signed-certificate.ts'
export { startSentinels } from './sentinels.ts'
export type { SentinelOptions, Sentinels } from './sentinels.ts'
export type { TestEnd } from './test-end.ts'
export { spoiltValue } from './spoilt-value.ts'
export type { SpoiltValue } from './spoilt-value.ts'
export { startProcess } from './test-process.ts'
export type { ProcessExit, TestProcess, TestProcessOptions } from './test-process.ts'
export { startTestRedis } from './test-redis.ts'
export type { TestRedis, TestRedisOptions } from './test-redis.ts'
export { readDiagram } from './read-diagram.ts'
export { until } from './until.ts'
export type { UntilOptions } from './until.ts'
export { validValue } from './valid-value.ts'
