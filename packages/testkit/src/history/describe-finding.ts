// A finding as one line for a person, with the time first as in the timeline of a run.

import type { Finding } from './finding.ts'

export function describeFinding(finding: Finding): string {
  switch (finding.kind) {
    case 'lost':
    case 'undelivered': {
      const { kind, id, customerId, process, acknowledgedAt } = finding
      const fate = kind === 'lost' ? 'was never received' : 'still waits in a job'
      return `${time(acknowledgedAt)} ${kind}: ${id} of ${customerId}, acknowledged to ${process}, ${fate}`
    }
    case 'unsent': {
      const { why, id, at, request } = finding
      const what = request === null ? 'is a dead letter' : `came in request ${request}`
      return `${time(at)} unsent: ${id} ${what}, and ${why === 'refused' ? 'each call of it was refused' : 'nobody called it'}`
    }
    case 'refusedForGood': {
      const { id, customerId, process, code, at } = finding
      return `${time(at)} refused for good: ${id} of ${customerId}, by ${process} with ${code}`
    }
    case 'nothingAcknowledged':
      return 'nothing acknowledged: no producer was told of any event that it is stored'
    case 'doubled': {
      const { why, id, customerId, requests, at } = finding
      const reason = why === 'settled' ? 'which nothing had disturbed' : 'with another timestamp'
      return `${time(at)} doubled: ${id} of ${customerId} came in request ${requests[1]} after request ${requests[0]}, ${reason}`
    }
    case 'repeatedWithoutNeed': {
      const { id, customerId, requests, at } = finding
      return `${time(at)} repeated without need: ${id} of ${customerId} came in request ${requests[1]} after request ${requests[0]}, which nothing had disturbed`
    }
    case 'altered': {
      const { field, id, customerId, request, at } = finding
      return `${time(at)} altered: ${id} came in request ${request} for ${customerId} with a ${field} that nobody called it with`
    }
    case 'inversion': {
      const { customerId, id, overtakenBy, requests, at } = finding
      return `${time(at)} inversion: ${id} of ${customerId} came in request ${requests[1]}, after the later ${overtakenBy} in request ${requests[0]}`
    }
    case 'overlap': {
      const { why, customerId, requests, at } = finding
      if (why === 'one_batch')
        return `${time(at)} overlap: ${customerId} more than once in request ${requests[1]}`
      return `${time(at)} overlap: ${customerId} in request ${requests[1]} while request ${requests[0]} was open`
    }
    case 'deadByOutage': {
      const { why, id, reason, diedAt } = finding
      const fault =
        why === 'not_planted' ? 'which nobody planted' : 'received, and it does not say so'
      return `${time(diedAt)} dead by outage: ${id}, ${reason}, ${fault}`
    }
    case 'countFault':
      return `count fault: ${finding.rule}: ${finding.left} and ${finding.right}`
    case 'rateFault': {
      const { at, requests, allowed } = finding
      return `${time(at)} rate fault: ${requests} requests in a second, ${allowed.toFixed(1)} allowed`
    }
  }
}

/** `14:03:07.120`, in UTC. */
function time(at: number): string {
  return new Date(at).toISOString().slice(11, 23)
}
