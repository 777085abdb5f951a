// Where a node of a topology listens, and where all others are told to find it: the same port, or that of a fault proxy
// before it, so that clients, replicas and sentinels all come through the proxy. A node tells its own address to others,
// which is why it is not enough to give clients the proxy's.
import { startFaultProxy } from './fault-proxy.ts'
import type { FaultProxy } from './fault-proxy.ts'
import { freePort } from './free-port.ts'

export interface AnnouncedNode {
  readonly port: number
  /** Equals `port` without a proxy. */
  readonly announcedPort: number
  readonly proxy: FaultProxy | undefined
}

/** The node itself is started by the caller, on `port`. */
export async function announceNode(isProxied: boolean): Promise<AnnouncedNode> {
  const port = await freePort()
  if (!isProxied) return { port, announcedPort: port, proxy: undefined }
  const proxy = await startFaultProxy({ target: { port } })
  return { port, announcedPort: proxy.port ?? port, proxy }
}
