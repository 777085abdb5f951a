// Where a checked operation takes effect: planted rules first, then the workspace, then the ledger.
// Both APIs go through here, so that an operation counts the same whichever of them carried it.
import type { Ledger, Place } from '../ledger/ledger.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { Checked, ItemError } from './operation.ts'
import { plantedRefusal, type PlantedRule } from './planted-rule.ts'

export interface IntakeParts {
  workspace: Workspace
  ledger: Ledger
  rules: PlantedRule[]
}

const ACCEPTED: ItemError[] = []

/** Returns why the operation is refused; an empty list when it was accepted. */
export function takeIn(
  parts: IntakeParts,
  checked: Checked,
  raw: unknown,
  place: Place,
): ItemError[] {
  const errors = refusalOf(parts.rules, checked)
  if (errors.length > 0 || checked.kind === 'refused') {
    parts.ledger.refuse(raw, errors, place)
    return errors
  }
  const outcome = parts.workspace.apply(checked.operation, place.exchange.receivedAtMs)
  parts.ledger.note(checked.operation, outcome, place)
  return ACCEPTED
}

function refusalOf(rules: PlantedRule[], checked: Checked): ItemError[] {
  if (checked.kind === 'refused') return checked.errors
  const planted = plantedRefusal(rules, checked.operation)
  return planted === null ? ACCEPTED : [planted]
}
