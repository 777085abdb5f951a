// Every planted bug, in the order of an event's way, and at last those in what checks it.

import { answerMutants } from './list/answer.ts'
import { checkerMutants } from './list/checker.ts'
import { claimMutants } from './list/claim.ts'
import { connectionMutants } from './list/connection.ts'
import { credentialMutants } from './list/credentials.ts'
import { endpointMutants } from './list/endpoint.ts'
import { enqueueMutants } from './list/enqueue.ts'
import { historyMutants } from './list/histories.ts'
import { judgeMutants } from './list/judge.ts'
import { leaseMutants } from './list/lease.ts'
import { leaseClockMutants } from './list/lease-clocks.ts'
import { managerMutants } from './list/manager.ts'
import { orderMutants } from './list/order.ts'
import { outcomeMutants } from './list/outcomes.ts'
import { paceMutants } from './list/pace.ts'
import { pauseMutants } from './list/pause.ts'
import { planMutants } from './list/plan.ts'
import { producerMutants } from './list/producer.ts'
import { requeueMutants } from './list/requeue.ts'
import { sendMutants } from './list/send.ts'
import { sessionMutants } from './list/session.ts'
import { settleMutants } from './list/settle.ts'
import { sharingMutants } from './list/sharing.ts'
import { timeMutants } from './list/time.ts'
import { watchMutants } from './list/watch.ts'
import type { Mutant } from './mutant.ts'

/** The list. */
export const allMutants: readonly Mutant[] = [
  ...enqueueMutants,
  ...producerMutants,
  ...claimMutants,
  ...requeueMutants,
  ...connectionMutants,
  ...settleMutants,
  ...outcomeMutants,
  ...leaseMutants,
  ...sharingMutants,
  ...leaseClockMutants,
  ...managerMutants,
  ...judgeMutants,
  ...orderMutants,
  ...sessionMutants,
  ...sendMutants,
  ...paceMutants,
  ...historyMutants,
  ...answerMutants,
  ...credentialMutants,
  ...endpointMutants,
  ...pauseMutants,
  ...timeMutants,
  ...planMutants,
  ...watchMutants,
  ...checkerMutants,
]
