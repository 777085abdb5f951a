// Loaded into a worker process before its own code (`--import`): its watches see nothing from then on. What is left of
// them is a call that does nothing for each event. The worker has no setting for it, since nobody but this measurement
// wants it.

import { EventSampler, FirstOperations, ShapeCounts } from '@retention-relay/events'

for (const watch of [EventSampler, FirstOperations, ShapeCounts]) {
  watch.prototype.see = () => undefined
}
