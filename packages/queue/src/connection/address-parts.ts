// The grammar of an address: scheme://[user:password@]host:port,host:port/path?query. WHATWG URLs know no list of
// hosts, and their errors repeat the text that they could not read, password included; so it is read here.

/** A host and its port. */
export interface HostPort {
  readonly host: string
  readonly port: number
}

/** What stands between the scheme and the end. */
export interface AddressParts {
  readonly tls: boolean
  readonly username?: string
  readonly password?: string
  readonly nodes: readonly HostPort[]
  /** Segments of the path, decoded. */
  readonly path: readonly string[]
  readonly query: URLSearchParams
}

/** The parts, or what is wrong, in words that hold nothing of a password. */
export function parseParts(text: string): AddressParts | string {
  const match =
    /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^/?]*)@)?([^/?]*)(\/[^?]*)?(?:\?(.*))?$/s.exec(
      text,
    )
  if (match === null) return 'it is not an address'
  const [, scheme, kind, access, hosts = '', path = '', query = ''] = match
  const defaultPort = kind === 'sentinel' ? 26_379 : 6379
  const nodes: HostPort[] = []
  for (const item of hosts.split(',')) {
    const node = parseHostPort(item.trim(), defaultPort)
    if (node === null) return 'a host or a port is wrong'
    nodes.push(node)
  }
  try {
    const segments = path.split('/').filter((segment) => segment !== '')
    return {
      tls: scheme === 'rediss',
      ...parseAccess(access),
      nodes,
      path: segments.map((segment) => decodeURIComponent(segment)),
      query: new URLSearchParams(query),
    }
  } catch {
    return 'a percent sign in it is not followed by two hexadecimal digits'
  }
}

/** `host:port`, `host` or `[::1]:port`; null when it is none of them. */
export function parseHostPort(text: string, defaultPort = 6379): HostPort | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  if (match === null || host === undefined) return null
  const port = match[3] === undefined ? defaultPort : Number(match[3])
  return port >= 1 && port <= 65_535 ? { host, port } : null
}

function parseAccess(text: string | undefined): { username?: string; password?: string } {
  if (text === undefined || text === '') return {}
  const cut = text.indexOf(':')
  if (cut === -1) return { username: decodeURIComponent(text) }
  const username = decodeURIComponent(text.slice(0, cut))
  const password = decodeURIComponent(text.slice(cut + 1))
  return { ...(username === '' ? {} : { username }), password }
}
