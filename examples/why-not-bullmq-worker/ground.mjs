// Where one case takes place: a Redis of its own with the settings that infra ships, a fault proxy before it, and a mock
// Customer.io that notes what arrives. Everything goes away when the case ends, however it ends.

import { startMock } from '@retention-relay/mock-customerio'
import { startFaultProxy, startTestRedis } from '@retention-relay/testkit'
import { Redis } from 'ioredis'

/** Runs a case on a ground of its own and hands back its result. `latencyMs`: the mock answers so late. */
export async function onGround(latencyMs, run) {
  const cleanUps = []
  const onEnd = (cleanUp) => cleanUps.push(cleanUp)
  try {
    const redis = await startTestRedis({ port: true, onEnd })
    const proxy = await startFaultProxy({ target: { port: redis.port }, onEnd })
    const mock = await startMock({ latencyMs })
    onEnd(() => mock.close())
    return await run({ redis, proxy, mock, client: connect(redis, onEnd), onEnd })
  } finally {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp()
  }
}

/** For adding jobs and for looking, beside the proxy. */
function connect({ socketPath }, onEnd) {
  const client = new Redis(socketPath)
  // Some cases kill this Redis: that is no news.
  client.on('error', () => undefined)
  onEnd(async () => client.disconnect())
  return client
}
