// All verbs of the command.

import { deadListVerb } from './verbs/dead-list.ts'
import { deadReplayVerb } from './verbs/dead-replay.ts'
import { deadShowVerb } from './verbs/dead-show.ts'
import { helpVerb } from './verbs/help.ts'
import { planCheckVerb } from './verbs/plan-check.ts'
import { planDiffVerb } from './verbs/plan-diff.ts'
import { planDriftVerb } from './verbs/plan-drift.ts'
import { planExportVerb } from './verbs/plan-export.ts'
import { planListVerb } from './verbs/plan-list.ts'
import { planShowVerb } from './verbs/plan-show.ts'
import { resumeVerb } from './verbs/resume.ts'
import { sendVerb } from './verbs/send.ts'
import { statusVerb } from './verbs/status.ts'
import { tailVerb } from './verbs/tail.ts'
import { workspaceRebindVerb } from './verbs/workspace-rebind.ts'
import type { Verb } from './verb.ts'

const WORKING: readonly Verb[] = [
  statusVerb,
  sendVerb,
  tailVerb,
  deadListVerb,
  deadShowVerb,
  deadReplayVerb,
  planListVerb,
  planShowVerb,
  planExportVerb,
  planCheckVerb,
  planDiffVerb,
  planDriftVerb,
  resumeVerb,
  workspaceRebindVerb,
]

/** Every verb. */
export const VERBS: readonly Verb[] = [...WORKING, helpVerb(WORKING)]
