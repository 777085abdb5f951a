// The Track API as one function: a complete, authenticated request goes in, an answer comes out and
// what it carried has taken effect. What belongs to neither API gets 404.
import { emptyAnswer, jsonAnswer, type Answer } from './answer.ts'
import type { Call } from './call.ts'
import type { IntakeParts } from './intake.ts'
import { acceptV1 } from './v1-routes.ts'
import { acceptBatch, acceptEntity } from './v2-routes.ts'

export type Region = 'us' | 'eu'

const REGION_PATH = '/api/v1/accounts/region'
const REGION_URLS: Record<Region, string> = {
  us: 'https://track.customer.io',
  eu: 'https://track-eu.customer.io',
}

export function routeCall(call: Call, parts: IntakeParts, region: Region): Answer {
  if (call.method === 'GET' && call.path === REGION_PATH) {
    return jsonAnswer(200, { url: REGION_URLS[region], region, environment_id: 3 })
  }
  if (call.method === 'POST' && call.path === '/api/v2/batch') return acceptBatch(call, parts)
  if (call.method === 'POST' && call.path === '/api/v2/entity') return acceptEntity(call, parts)
  const answer = call.path.startsWith('/api/v1/') ? acceptV1(call, parts) : null
  return answer ?? emptyAnswer(404)
}
